export { accountDecoded, accountRefused } from "./account-decoding.js";
export { isAddress } from "./addresses.js";
export { DEFAULT_PREFIX, loadCatalogue, type Catalogue } from "./catalogue.js";
export { decodeAnnotations } from "./decode.js";
export { isBrokenExpression, nginxFault } from "./nginx-faults.js";
export { isBefore, isRelease } from "./release.js";
export * from "./types.js";
export { parseUserMappings, type UserMappings } from "./user-mappings.js";
