import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/support/seed.ts"],
    globalSetup: ["test/support/build.ts"],
    // The property and corpus tests convert thousands of manifests; two cores are shared with the build.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: {
      provider: "v8",
      include: ["src/**"],
      exclude: ["src/*/generated/**"],
      reporter: ["text-summary", "json-summary"],
    },
  },
});
