import type { ProjectConfig } from '../../core/config/projectConfig.ts';
import type { ServerBehaviour, ServerIdentity, ServerWarning } from '../../protocol/serverReport.ts';
import { isHosted, lists } from '../../node/servers/contact.ts';
import { adviceFor, serverTitles } from '../../node/servers/serverKnowledge.ts';
import { unreachableWarning } from './unreachable.ts';

export type Role = keyof ProjectConfig['endpoints'];
export type Asked = {
  readonly role: Role | undefined;
  readonly baseUrl: string;
  readonly hasKey: boolean;
  readonly apiKeyEnv: string | undefined;
  readonly stream: boolean;
  readonly concurrency: number | 'adaptive';
  /** Longest answer that the role asks for. */
  readonly maxTokens: number;
  /** The endpoint asks for answers that no parser of the server touches. */
  readonly untouched?: boolean;
};

/** What is wrong with a server for a role: what was seen, why it matters, what to change. Worst first. */
export function warningsOf(asked: Asked, identity: ServerIdentity, behaviour: ServerBehaviour | undefined): readonly ServerWarning[] {
  const found = [...ofIdentity(asked, identity), ...(behaviour === undefined ? [] : ofBehaviour(asked, identity, behaviour))];
  const rank = { error: 0, warning: 1, note: 2 };
  return found.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

const error = (id: string, seen: string, why: string, fix: string): ServerWarning => ({ id, severity: 'error', seen, why, fix });
const warning = (id: string, seen: string, why: string, fix: string): ServerWarning => ({ id, severity: 'warning', seen, why, fix });
const note = (id: string, seen: string, why: string, fix: string): ServerWarning => ({ id, severity: 'note', seen, why, fix });

function ofIdentity(asked: Asked, identity: ServerIdentity): readonly ServerWarning[] {
  const { state, auth, kind, problem, listed, model } = identity;
  if (problem) return [unreachableWarning(asked.baseUrl, problem)];
  const found: ServerWarning[] = [];
  if (auth === 'keyMissing') {
    const where = asked.apiKeyEnv === undefined ? 'Name an environment variable in apiKeyEnv of the endpoint and set it' : `Set the environment variable ${asked.apiKeyEnv}`;
    return [error('key-missing', 'The server asks for a key, and there is none.', 'It refuses every request without one.', `${where}; in VS Code: LoopTool: Set Endpoint Key.`)];
  }
  if (auth === 'keyRefused') return [error('key-refused', 'The server refuses the key.', 'It refuses every request with it.', `Set the right one: ${asked.apiKeyEnv ?? 'apiKeyEnv'} in the environment, or LoopTool: Set Endpoint Key in VS Code.`)];
  if (state === 'loading') return [error('loading', `${serverTitles[kind]} is loading its model.`, 'It answers nothing before that is done.', 'Ask again in a while; looptool doctor --wait waits up to five minutes.')];
  if (state === 'broken') return [error('broken', `${serverTitles[kind]} answers, but says that its engine is dead (health 503).`, 'No request will be answered.', 'Look at the end of its log, and restart it.')];
  if (auth === 'open' && asked.hasKey) found.push(warning('key-unneeded', 'The server answers without the key that is configured.', 'Whoever reaches the port can use it, and see what it is asked; or the key was meant for another server.', adviceFor('unneededKey', kind)));
  if (listed && !lists(listed, model)) {
    const others = listed.length === 0 ? 'It lists none.' : `It lists ${some(listed)}.`;
    found.push(warning('model-unlisted', `The server does not list the model "${model}". ${others}`, 'It answers with another model, or not at all.', `Set "model" in looptool.json to a name of the list${kind === 'ollama' ? `, or load it: ollama pull ${model}` : ''}.`));
  }
  found.push(...ofContext(asked, identity));
  if (identity.speculative && asked.role !== 'judge' && asked.role !== 'judge2' && asked.role !== 'generator') {
    found.push(warning('speculative', 'The server guesses tokens ahead (speculative decoding).', 'Tokens that were guessed right can come back with probability one, and perplexity then says nothing.', adviceFor('speculative', kind)));
  }
  if (kind === 'lmstudio') found.push(note('lmstudio-errors', 'LM Studio answers status 200 to paths that it does not know.', 'Only bodies tell an error from an answer there.', 'Nothing: LoopTool reads the bodies.'));
  return found;
}

function ofContext({ maxTokens, role }: Asked, { ctx, kind, slots }: ServerIdentity): readonly ServerWarning[] {
  const found: ServerWarning[] = [];
  if (ctx !== null && ctx < maxTokens + 256) {
    const each = kind === 'llama.cpp' && slots !== null && slots > 1 ? ` for each of its ${slots} slots` : '';
    found.push(
      warning('context-small', `One request has ${count(ctx)} tokens in all${each}; answers of the ${role ?? 'policy'} may have ${count(maxTokens)}.`, 'Longer prompts are refused, and their samples end as errors.', adviceFor('context', kind)),
    );
  }
  if (kind === 'ollama') {
    const length = ctx === null ? 'how many tokens it keeps is not known before the model is loaded' : `it keeps ${count(ctx)} tokens`;
    found.push(warning('silent-truncation', `Ollama shortens prompts that are too long without a word (${length}).`, 'A sample that was cut is answered wrongly, and the label is suspected.', adviceFor('context', kind)));
  }
  return found;
}

function ofBehaviour(asked: Asked, identity: ServerIdentity, behaviour: ServerBehaviour): readonly ServerWarning[] {
  const { kind } = identity;
  if (behaviour.refused) return [refusedWarning(asked, identity, behaviour.refused)];
  const found: ServerWarning[] = [];
  const measured = asked.role === undefined || asked.role === 'policy';
  if (measured) found.push(...ofLogProbs(asked, identity, behaviour), ...ofTools(asked, identity, behaviour));
  if (behaviour.reasoning.swallowed) found.push(warning('reasoning-swallowed', 'The whole answer came as reasoning, with no text beside it.', 'The answer counts as empty.', adviceFor('swallowed', kind)));
  if (measured && behaviour.reasoning.field !== null) {
    const off = behaviour.reasoning.off === null ? 'No field of a request was seen to switch it off.' : `A request switches it off by ${behaviour.reasoning.off}.`;
    found.push(warning('thinks', `The model thinks before it answers (field "${behaviour.reasoning.field}"). ${off}`, 'Probe, training and evaluation must have the same setting, or the probe measures another policy; thinking also uses up probe.maxTokens.', adviceFor('thinking', kind)));
  }
  if (behaviour.names === 'ignored') found.push(note('names-ignored', 'Any model name is answered.', 'A name proves nothing about the weights that answer.', adviceFor('names', kind)));
  if (behaviour.temperature === 'ignored') found.push(warning('temperature-ignored', 'The answer at temperature 1.5 is the one at temperature 0, with different seeds.', 'Sampled repeats, third votes and expansions need answers that differ.', adviceFor('greedy', kind)));
  if (!measured && behaviour.structured !== 'json_schema') found.push(note('unstructured', `Answers in a given JSON Schema do not work${behaviour.structured === 'json_object' ? ' (plain JSON does)' : ''}.`, 'Replies of judge and generator are easier to read in a fixed shape.', adviceFor('structured', kind)));
  if (!behaviour.usage) found.push(note('no-usage', 'The server reports no token counts.', 'Budgets in tokens and money cannot be kept there, and lost log-probabilities cannot be noticed.', 'Set budgets.minutes instead; newer versions of most servers send usage when stream_options asks for it.'));
  if (behaviour.streams === false && asked.stream) found.push(note('no-stream', 'A stream was asked for, and the answer came in one piece.', 'A long answer shows no sign of life until it is complete.', 'Set "stream": false, and "timeoutMs" above the longest answer.'));
  found.push(...ofRepeats(asked, identity, behaviour));
  return found;
}

function refusedWarning(asked: Asked, { kind, listed }: ServerIdentity, { status, message }: NonNullable<ServerBehaviour['refused']>): ServerWarning {
  const seen = status === null ? `A plain question is not answered: ${message}.` : `A plain question is refused (${status}): ${message}`;
  const why = 'So will be everything that the role asks.';
  if (status === 401 || status === 403) return error(asked.hasKey ? 'key-refused' : 'key-missing', seen, why, `Set the right key: ${asked.apiKeyEnv ?? 'apiKeyEnv'} in the environment, or LoopTool: Set Endpoint Key in VS Code.`);
  if (status === 402 || /quota|insufficient|balance/i.test(message)) return error('quota', seen, why, 'Put credit on the account, or take another endpoint.');
  if (status === 429) return error('rate-limited', seen, 'The service takes no more requests for now; a job would wait and go on, slowly.', 'Run it again later; raise the limit of the account; set "concurrency" to 1 or "adaptive".');
  if (/temperature/i.test(message)) return error('no-greedy', seen, 'The loop asks at temperature 0, and a judge too.', adviceFor('greedy', kind));
  const nameless = /model.{0,80}(not (exist|found|available|supported|a valid)|unknown|invalid|no access)|(no such|unknown|invalid|unsupported) model|model_not_found/i;
  if (nameless.test(message) || (status === 404 && /model/i.test(message))) {
    return error('model-missing', seen, why, `Set "model" in looptool.json to one that it has${listed && listed.length > 0 ? `: ${some(listed)}` : ''}.`);
  }
  if (status === null) return error('no-answer', seen, 'A request of one word has to be answered within ten seconds.', 'Look whether the server is busy or still loading; a very large model on a small machine may need a smaller quantisation.');
  return error('chat-refused', seen, why, 'Check that the address is that of a chat model (baseUrl, up to /v1), and look into the log of the server.');
}

function ofLogProbs({ stream }: Asked, { kind, speculative }: ServerIdentity, { logprobs }: ServerBehaviour): readonly ServerWarning[] {
  const { mode, zeros, raw, covers, lost } = logprobs;
  if (mode === 'none') return [warning('no-logprobs', 'No log-probabilities come with answers.', 'No perplexity: matched samples are ranked by pass rate where answers are repeated, else in a drawn order.', adviceFor('logProbs', kind))];
  const found: ServerWarning[] = [];
  if (mode === 'raw') found.push(warning('logprobs-raw-only', 'Log-probabilities come only with a prompt of our own, not in chat.', 'In chat there is no perplexity.', 'Use the raw prompting mode, or rank by pass rate (probe.repeats.n).'));
  if (zeros && !speculative) found.push(warning('logprobs-zero', 'All log-probabilities are exactly zero, or all but the first.', 'They are those after the temperature, or of guessed tokens: every answer would look certain. They are not used.', adviceFor('zeros', kind)));
  if (raw === false && !zeros) found.push(note('logprobs-scaled', 'Log-probabilities are divided by the temperature.', 'Those of sampled answers cannot be compared with those of the probe.', adviceFor('scaled', kind)));
  if (lost && stream) {
    found.push(note('logprobs-lost', `In a stream with tools, ${lost.rows} log-probabilities came for ${lost.tokens} tokens.`, 'Perplexity over a part of the tokens is none. LoopTool asks again in one piece, which shows no sign of life until it is complete.', 'Set "stream": false in the endpoint, so that no request is sent twice.'));
  } else if (logprobs.stream === false && mode === 'chat' && stream) {
    found.push(note('logprobs-stream', 'Log-probabilities are refused, or not complete, in a stream with tools.', 'LoopTool then asks in one piece, which shows no sign of life until it is complete.', 'Set "stream": false in the endpoint, so that no request is sent twice.'));
  }
  if (mode === 'n_probs') found.push(note('logprobs-n-probs', 'With tools in a stream, log-probabilities come by n_probs, not by logprobs.', 'The server refuses the usual field there; LoopTool then asks in one piece.', 'Set "stream": false in the endpoint, so that no request is sent twice.'));
  if (covers !== null && covers !== 'all') {
    const what = covers === 'withoutReasoning' ? 'the reasoning' : covers === 'withoutCalls' ? 'calls' : 'the reasoning and calls';
    found.push(warning('logprobs-partial', `Log-probabilities leave out ${what}.`, 'Perplexity over all tokens stays empty for such answers.', covers === 'withoutReasoning' ? 'Choose compose.highPpl.over "answer", or serve without a reasoning parser.' : adviceFor('logProbs', kind === 'ollama' ? 'unknown' : kind)));
  }
  return found;
}

function ofTools({ untouched }: Asked, { kind }: ServerIdentity, { tools, tokenize }: ServerBehaviour): readonly ServerWarning[] {
  const found: ServerWarning[] = [];
  if (tools.mode === 'refused') {
    found.push(error('tools-refused', `A request with tools is refused: ${tools.message ?? ''}`, 'Every sample of a tool-call dataset brings its tools.', adviceFor('toolParser', kind)));
  }
  if (tools.mode === 'broken') found.push(warning('tool-parser', `The server's tool parser breaks answers: ${tools.message ?? ''}`, 'A right answer of the policy would count as wrong.', adviceFor('brokenParser', kind)));
  if (tools.mode === 'text') found.push(note('no-parser', 'Calls come as text: no tool parser takes them out.', 'LoopTool reads the usual tags itself, with every token and its log-probability.', adviceFor('toolParser', kind)));
  if (tools.mode === 'noCall') found.push(note('no-call', `The model did not call the one tool that answers the question${tools.message === null ? '' : `: ${tools.message}`}.`, 'A very small model, a template that drops tools, or a format that nothing here knows.', 'Look at the first answers of a probe (looptool sample probe FILE --record 1).'));
  if (tokenize.toolInPrompt === false) found.push(warning('tools-dropped', 'The tool does not stand in the prompt that the server makes.', 'The policy answers without knowing its tools, and every call would be a guess.', adviceFor('droppedTools', kind)));
  if (kind === 'tgi') found.push(warning('constrained', 'TGI forces calls by a grammar.', 'They are not what the policy itself would write, so that no probe of it counts.', 'Probe with the raw prompting mode, or serve the policy with vLLM, SGLang or llama.cpp.'));
  if (kind === 'llama.cpp' && tools.mode === 'parsed' && untouched !== true) {
    found.push(warning('held-to-schemas', "llama.cpp holds calls to the tools' schemas while the model writes them.", 'Wrong names, missing and doubled arguments never come: the probe finds a better policy than there is.', 'Set "sampling": { "toolChoice": "none" } in the endpoint, or "prompting": "raw" (docs/real-server.md).'));
  }
  return found;
}

function ofRepeats({ role, concurrency }: Asked, { kind, slots }: ServerIdentity, { repeatability, parallelism }: ServerBehaviour): readonly ServerWarning[] {
  const found: ServerWarning[] = [];
  if (repeatability && repeatability.equal < repeatability.asked) {
    const seen = `Of ${repeatability.asked} greedy answers to one question, ${repeatability.equal} are the same.`;
    const why = role === 'judge' || role === 'judge2' || role === 'generator' ? 'The same question can get another answer next time.' : 'A sample can match in one probe and not in the next.';
    found.push(warning('not-repeatable', seen, why, adviceFor('repeatable', kind)));
  }
  if (!parallelism) return found;
  const wanted = concurrency === 'adaptive' ? undefined : concurrency;
  if (parallelism.answered < parallelism.tried) {
    const status = parallelism.refusedWith === null || parallelism.refusedWith === 0 ? 'not answered' : `refused (${parallelism.refusedWith})`;
    found.push(warning('refused-at-once', `Of ${parallelism.tried} requests at once, ${parallelism.tried - parallelism.answered} were ${status}.`, 'A job retries them, and is slower for it.', adviceFor('refusedAtOnce', kind)));
  } else if (slots !== null && wanted !== undefined && wanted > slots && !isHosted(kind)) {
    found.push(note('few-slots', `The server works on ${slots} requests at a time, and "concurrency" is ${wanted}.`, 'What is above only waits, and can time out.', adviceFor('parallel', kind)));
  } else if (parallelism.speedup !== null && parallelism.speedup < 1.3 && wanted !== 1 && slots === null) {
    found.push(note('one-at-a-time', `${parallelism.tried} requests at once take as long as one after the other.`, 'The server works on one at a time, or the machine has no more to give.', adviceFor('parallel', kind)));
  }
  return found;
}

function count(tokens: number): string {
  return tokens.toLocaleString('en-US');
}

function some(names: readonly string[]): string {
  const most = 5;
  return names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ');
}
