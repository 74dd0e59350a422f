import { define } from "../define.js";

export const settingFindings = {
};
