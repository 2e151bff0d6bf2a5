// Where the reader is: the part of the address after #. Links work without the daemon knowing them.
import { useEffect, useState } from "preact/hooks";

export type Route =
  | { page: "site" }
  | { page: "alarms"; state: "active" | "all" }
  | { page: "sessions"; post: string }
  | { page: "curve"; post: string; session: string }
  | { page: "unknown" };

export function route_of(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split("?");
  const parts = path.split("/").filter((part) => part !== "");
  const asked = new URLSearchParams(query);
  const [page, post, session] = parts.map(decoded);
  if (page === undefined || (page === "site" && parts.length === 1)) return { page: "site" };
  if (page === "alarms" && parts.length === 1) {
    return { page: "alarms", state: asked.get("state") === "all" ? "all" : "active" };
  }
  if (page === "sessions" && parts.length === 1) {
    return { page: "sessions", post: asked.get("post") ?? "" };
  }
  if (page === "sessions" && parts.length === 3 && post && session) {
    return { page: "curve", post, session };
  }
  return { page: "unknown" };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

export function curve_link(post: string, session: string): string {
  return `#/sessions/${encodeURIComponent(post)}/${encodeURIComponent(session)}`;
}

export function useRoute(): Route {
  const [hash, set] = useState(location.hash);
  useEffect(() => {
    const follow = () => set(location.hash);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route_of(hash);
}
