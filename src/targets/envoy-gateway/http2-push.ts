import type { Translator } from "../translator.js";
import { NOTHING_TO_DO } from "./parts.js";

/** http2-push-preload: the bundled nginx ignores it already, so nothing is lost. */
export const http2Push: Translator<"http2Push"> = () => NOTHING_TO_DO;
