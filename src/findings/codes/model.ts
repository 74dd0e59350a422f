import { define } from "../define.js";

export const modelFindings = {
};
