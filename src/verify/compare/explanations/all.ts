import type { Explanation } from "../explanation.js";
import { accessExplanations } from "./access.js";
import { controllerExplanations } from "./controller.js";
import { deliveryExplanations } from "./delivery.js";
import { hostExplanations } from "./hosts.js";
import { pathExplanations } from "./paths.js";
import { snippetExplanations } from "./snippets.js";
import { standardExplanations } from "./standard.js";
import { trafficExplanations } from "./traffic.js";

/** Every code that announces differences between answers, with what they look like. */
export const EXPLANATIONS: readonly Explanation[] = [
  ...hostExplanations,
  ...pathExplanations,
  ...accessExplanations,
  ...trafficExplanations,
  ...deliveryExplanations,
  ...controllerExplanations,
  ...standardExplanations,
  ...snippetExplanations,
];
