export { CONTROLLER_FLAGS } from "./controller-flags.js";
export { takesBackendTls } from "./backend-tls.js";
export { buildModel } from "./build-model.js";
export * from "./controller-config.js";
export { controllerSnippets } from "./controller-snippets.js";
export { CONTROLLER_KEYS, isTrafficKey, type ControllerKeyName, type TrafficKeyName } from "./controller-keys.js";
export { CLIENT_CERTIFICATE_KEYS, CORS_DETAIL_KEYS, HASH_KEYS } from "./key-groups.js";
export * from "./model.js";
export type { ModelOptions } from "./options.js";
