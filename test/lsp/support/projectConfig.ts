/** A looptool.json with these datasets, as text. */
export function projectConfig(path: string | readonly string[], lint?: unknown): string {
  const endpoint = { kind: 'openai', baseUrl: 'http://127.0.0.1:1/v1', model: 'm' };
  const paths = typeof path === 'string' ? [path] : path;
  return `${JSON.stringify({ version: 1, name: 'test', datasets: { seed: paths.map((one) => ({ path: one })) }, endpoints: { policy: endpoint, judge: endpoint, generator: endpoint }, ...(lint === undefined ? {} : { lint }) }, undefined, 2)}\n`;
}
