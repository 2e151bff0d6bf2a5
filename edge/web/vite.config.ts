import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

/// Writes every text asset a second time, compressed, so that the daemon never compresses.
function compressed(): Plugin {
  return {
    name: "compressed",
    generateBundle(_options, bundle) {
      for (const [name, part] of Object.entries(bundle)) {
        if (!/\.(js|css|html|svg|webmanifest)$/.test(name)) continue;
        const source = part.type === "chunk" ? part.code : part.source;
        this.emitFile({
          type: "asset",
          fileName: `${name}.gz`,
          source: gzipSync(source, { level: 9 }),
        });
      }
    },
  };
}

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: "es2021",
    // A data URI would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  plugins: [{ ...compressed(), enforce: "post" }],
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
});
