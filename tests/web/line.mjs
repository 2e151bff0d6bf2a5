// The wire between a browser and the daemon, for a test to cut: bytes go through untouched.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/// Everything that comes to `url` goes on to the daemon's port.
export async function start_line(port) {
  const sockets = new Set();
  const keep = (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // Cut wires and a daemon that has gone are what this is for.
    socket.on("error", () => socket.destroy());
  };
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    keep(near);
    keep(far);
    near.pipe(far).pipe(near);
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const stop = () => {
    server.close();
    cut();
  };
  return { url: `https://127.0.0.1:${server.address().port}/`, cut, stop };
}
