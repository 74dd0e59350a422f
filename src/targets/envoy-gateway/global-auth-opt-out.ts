import type { Translator } from "../translator.js";
import { NOTHING_TO_DO } from "./parts.js";

/** enable-global-auth: false. The controller's global check is written route by route, so leaving it out is all. */
export const globalAuthOptOut: Translator<"globalAuthOptOut"> = () => NOTHING_TO_DO;
