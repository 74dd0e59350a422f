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
