export { describeOutcome } from "./decision.js";
export { describeRequest } from "./request.js";
export { verifyConversion, type Verification } from "./run.js";
