import type { ServerIdentity, ServerWarning } from '../../protocol/serverReport.ts';
import { adviceFor } from '../../node/servers/serverKnowledge.ts';

/** Why nothing answers, in the words of somebody who wants it to. */
export function unreachableWarning(baseUrl: string, { kind, message }: NonNullable<ServerIdentity['problem']>): ServerWarning {
  const { host, hostname, protocol } = new URL(baseUrl);
  const made = (seen: string, why: string, fix: string): ServerWarning => ({ id: `unreachable-${kind}`, severity: 'error', seen, why, fix });
  const nothing = 'The role cannot work.';
  switch (kind) {
    case 'refused':
      return made(`Nothing listens at ${host}.`, 'The server does not run, is still starting (vLLM listens only when its model is loaded), or listens elsewhere.', adviceFor('start', 'unknown'));
    case 'dns':
      return made(`The name ${hostname} is not known (${message}).`, nothing, 'Correct the host in baseUrl; a name of a container or cluster is known only inside of it; over SSH, forward the port and use 127.0.0.1.');
    case 'certificate':
      return made(`The certificate of ${host} is not trusted: ${message}`, 'Somebody else could be answering, so nothing is sent.', "Have Node trust your authority: NODE_EXTRA_CA_CERTS=/path/to/ca.pem in the environment of LoopTool (and of VS Code); or use the name that the certificate is for.");
    case 'plainHttp':
      return made(`${host} does not speak TLS, and baseUrl begins with https.`, nothing, 'Write http:// in baseUrl, or put the TLS proxy in front of the server that it was meant to have.');
    case 'notHttp':
      return made(`What listens at ${host} does not speak HTTP.`, 'Another program has the port.', 'Correct the port in baseUrl.');
    case 'timeout':
      return made(`${host} takes the connection and answers nothing (${message}).`, 'The server hangs, is under full load, or a firewall swallows the answer.', `Look into its log and load; ask it from its own machine; restart it.${protocol === 'https:' ? ' If it does not speak TLS, write http:// in baseUrl.' : ''}`);
    case 'redirect':
      return made(`A redirect came in place of an answer: ${message}.`, 'A request that is sent on would lose its body or take the key elsewhere, so it is not followed.', 'Set baseUrl to that place.');
    case 'page':
      return made(`A web page came from ${host}.`, 'A login page of a proxy, or the web interface of a server.', 'Check that baseUrl ends in /v1, and that no proxy asks for a login (NO_PROXY).');
    case 'ray':
      return made(`${host} is a Ray dashboard, not a model server.`, nothing, 'Correct the port in baseUrl: vLLM usually has 8000; 8265 is where training jobs are sent.');
    case 'route':
      return made(`The models are at ${message}, not at ${baseUrl}.`, 'Requests go to paths under baseUrl.', `Set baseUrl to ${message}`);
    case 'checkpoint':
      return made(message, 'The embedded engine cannot start.', 'Correct endpoints.policy.checkpoint in looptool.json, or put the file there.');
    case 'network':
      return made(`The connection to ${host} broke: ${message}`, 'The server ended it, or something between did.', 'Look into the log of the server; if it speaks https, write https:// in baseUrl.');
  }
}
