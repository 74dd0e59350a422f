import { define } from "../define.js";

export const inputFindings = {
};
