/** An Ingress that every target serves to the letter, apart from hidden defaults. */
export function ingress(name: string, annotations: Readonly<Record<string, string>> = {}, namespace = "shop"): string {
  const lines = Object.entries(annotations).map(
    ([key, value]) => `    nginx.ingress.kubernetes.io/${key}: ${JSON.stringify(value)}\n`,
  );
  return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${JSON.stringify(name)}
  namespace: ${namespace}
${lines.length === 0 ? "" : `  annotations:\n${lines.join("")}`}spec:
  ingressClassName: nginx
  rules:
    - host: ${namespace}.example.com
      http:
        paths:
          - path: /${name.replace(/[^a-z]/g, "")}
            pathType: Prefix
            backend: { service: { name: web, port: { number: 80 } } }
`;
}

export const BROKEN = "kind: Ingress\n\tmetadata: x\n";
export const DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n";
