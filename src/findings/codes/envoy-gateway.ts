import { define } from "../define.js";

export const envoyGatewayFindings = {
};
