import type { TargetName } from "../findings/index.js";
import { defineTarget } from "./engine.js";
import { envoyGatewayDefinition } from "./envoy-gateway/definition.js";
import { standardDefinition } from "./standard/definition.js";
import type { Target } from "./translator.js";

/** Every target by its name on the command line. */
export const targets: Readonly<Record<TargetName, Target>> = {
  "envoy-gateway": defineTarget(envoyGatewayDefinition),
  standard: defineTarget(standardDefinition),
};

export type { TargetOptions } from "./translator.js";

/**
 * Coraza as Wasm module in place of ModSecurity, unless the user names another image: the release whose rule language was compared
 * (envoy-gateway/coraza.ts). A tag and no digest, because the registry was not asked.
 */
export const WAF_IMAGE = "ghcr.io/corazawaf/coraza-proxy-wasm:0.5.0";
