/** The "Knows" column of docs/architecture.md as rules: who may import whom. */
const rooms = {
  input: ["kubernetes", "findings"],
  kubernetes: [],
  findings: ["kubernetes"],
  mappings: ["kubernetes", "findings"],
  "ingress-nginx": ["nginx-config", "mappings", "kubernetes", "findings"],
  "nginx-config": [],
  neighbours: ["ingress-nginx", "mappings", "kubernetes", "findings"],
  plan: ["neighbours", "ingress-nginx", "nginx-config", "mappings", "kubernetes", "findings"],
  targets: ["plan", "neighbours", "ingress-nginx", "nginx-config", "mappings", "kubernetes", "findings"],
  schema: ["kubernetes"],
  verify: ["ingress-nginx", "nginx-config", "mappings", "kubernetes", "findings"],
  output: ["kubernetes"],
  report: ["neighbours", "findings", "kubernetes"],
  diff: ["verify", "output", "report", "findings", "kubernetes"],
  explain: ["mappings", "neighbours", "findings", "kubernetes"],
  gate: ["report", "neighbours", "findings", "kubernetes"],
};

export default {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true, dependencyTypesNot: ["type-only"] } },
    ...Object.entries(rooms).map(([room, knows]) => ({
      name: `${room}-knows`,
      severity: "error",
      from: { path: `^src/${room}/` },
      to: { path: "^src/", pathNot: [`^src/${room}/`, ...knows.map((other) => `^src/${other}/`)] },
    })),
    {
      name: "rooms-through-their-index",
      comment: "Across rooms import the room's index.ts.",
      severity: "error",
      from: { path: "^src/([^/]+)/" },
      to: { path: "^src/([^/]+)/.+", pathNot: ["^src/$1/", "^src/[^/]+/index\\.ts$"] },
    },
    {
      name: "io-stays-in-its-rooms",
      comment: "Only readers, the writer and the CLI's io touch files, processes or the network.",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/cli/", "^src/input/", "^src/output/write", "^src/schema/crd\\.ts$", "^src/verify/live/"] },
      to: { dependencyTypes: ["core"], path: "^(node:)?(fs|fs/promises|child_process|net|http|https|tls|os|process)$" },
    },
    {
      name: "no-dev-dependencies",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: ["@types/"] },
    },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
