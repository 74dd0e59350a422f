export { accountDecoded, accountRefused } from "./account-decoding.js";
export { DEFAULT_PREFIX, loadCatalogue, type Catalogue } from "./catalogue.js";
export { decodeAnnotations } from "./decode.js";
export * from "./types.js";
export { parseUserMappings, type UserMappings } from "./user-mappings.js";
