import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// The hub serves dist/ below /editor; while developing, `npm run dev` asks a hub at this address.
const hub = "http://127.0.0.1:8080";

export default defineConfig({
  base: "/editor/",
  plugins: [svelte()],
  build: {
    target: "es2022",
    // Nothing inline: the pages' Content-Security-Policy takes scripts, styles and images from files alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": hub, "/signin": hub, "/console": hub }, fs: { allow: [".."] } },
});
