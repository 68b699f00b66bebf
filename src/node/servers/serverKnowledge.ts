import type { JsonObject } from '../../core/json/value.ts';
import type { ServerKind } from '../../protocol/serverReport.ts';

/** Names as their makers write them. */
export const serverTitles: Readonly<Record<ServerKind, string>> = {
  vllm: 'vLLM',
  sglang: 'SGLang',
  'llama.cpp': 'llama.cpp',
  ollama: 'Ollama',
  lmstudio: 'LM Studio',
  tgi: 'TGI',
  looptool: 'LoopTool (embedded engine)',
  openai: 'OpenAI',
  openrouter: 'OpenRouter',
  deepseek: 'DeepSeek',
  dashscope: 'DashScope',
  hosted: 'a hosted service',
  unknown: 'an OpenAI-compatible server',
};

/** Ports that these servers take when nobody says otherwise, and the only ones that discovery looks at. */
export const usualPorts: readonly { readonly port: number; readonly kind: ServerKind }[] = [
  { port: 8000, kind: 'vllm' },
  { port: 30000, kind: 'sglang' },
  { port: 8080, kind: 'llama.cpp' },
  { port: 11434, kind: 'ollama' },
  { port: 1234, kind: 'lmstudio' },
  { port: 3000, kind: 'tgi' },
];

/** How a request switches reasoning off; `words` is how it is shown. Absent for services that would refuse unknown fields. */
export function reasoningSwitch(kind: ServerKind): { readonly fields: JsonObject; readonly words: string } | undefined {
  switch (kind) {
    case 'ollama':
    case 'openai':
    case 'openrouter':
      return { fields: { reasoning_effort: 'none' }, words: 'reasoning_effort: "none"' };
    case 'deepseek':
      return { fields: { thinking: { type: 'disabled' } }, words: 'thinking: {"type": "disabled"}' };
    case 'dashscope':
      return { fields: { enable_thinking: false }, words: 'enable_thinking: false' };
    case 'hosted':
    case 'looptool':
      return undefined;
    default:
      return { fields: { chat_template_kwargs: { enable_thinking: false, thinking: false } }, words: 'chat_template_kwargs: {"enable_thinking": false}' };
  }
}

/** What to change where, by what is wrong and which server it is; `other` where the server has no switch of its own. */
type Advice = Partial<Record<ServerKind, string>> & { readonly other: string };

export const advice = {
  start: {
    other: 'Start the server, or correct baseUrl in looptool.json (host, port, and /v1 at the end). A server in a container listens for others only with --host 0.0.0.0.',
  },
  toolParser: {
    vllm: 'Start vLLM with --enable-auto-tool-choice --tool-call-parser NAME (hermes for Qwen3 and the paper\'s format; llama3_json, mistral, deepseek_v3 ... for others), and --chat-template FILE where the model\'s own has no tools.',
    sglang: 'Start SGLang with --tool-call-parser NAME (qwen25 for Qwen3, llama3, mistral ...).',
    'llama.cpp': 'Start llama-server with --jinja and a model or --chat-template-file whose template has tools; remove --skip-chat-parsing.',
    ollama: 'Take a model whose template declares tools ("tools" in ollama show MODEL), or add {{ .Tools }} to its Modelfile.',
    lmstudio: 'Load a model that LM Studio marks with the tool icon.',
    other: 'Nothing has to be done where the model writes <tool_call> tags: LoopTool reads them itself. Else switch the server\'s tool parser on.',
  },
  brokenParser: {
    vllm: 'Choose the --tool-call-parser (and --reasoning-parser) that fits the chat template; or set "stream": false in the endpoint, since most of these faults are of streams.',
    sglang: 'Choose the --tool-call-parser that fits the chat template, and set "stream": false in the endpoint.',
    'llama.cpp': 'Start llama-server with --skip-chat-parsing: the tags then stay in the text, and LoopTool reads them itself (schemas are ignored then: not for a judge).',
    other: 'Switch the server\'s tool parser off if it can be: LoopTool reads tags itself. Or set "stream": false in the endpoint.',
  },
  droppedTools: {
    vllm: 'Give vLLM a template with tools: --chat-template FILE (examples stand in its examples folder).',
    sglang: 'Give SGLang a template with tools: --chat-template FILE.',
    'llama.cpp': 'Start llama-server with --jinja --chat-template-file FILE, a template that writes the tools (chat_template_caps of /props says whether it does).',
    ollama: 'Take a model whose template declares tools, or add {{ .Tools }} to its Modelfile.',
    other: 'Give the server a chat template that writes the tools into the prompt.',
  },
  logProbs: {
    vllm: 'Start vLLM without --max-logprobs 0.',
    ollama: 'Ollama has log-probabilities since 0.12.11, for local models only: update it.',
    lmstudio: 'LM Studio has none in chat: serve the same GGUF file with llama-server to rank by perplexity.',
    openai: 'Reasoning models of OpenAI refuse them: take one that does not reason, or rank by pass rate.',
    deepseek: 'Set thinking off, or rank by pass rate: DeepSeek gives none while it thinks.',
    openrouter: 'Choose a provider that lists logprobs under supported_parameters, with require_parameters.',
    other: 'Set probe.repeats.n (8, for one) to rank matched samples by pass rate, or serve the policy with vLLM, SGLang or llama.cpp.',
  },
  zeros: {
    vllm: 'Start vLLM with --logprobs-mode raw_logprobs (trainers set processed_logprobs), and without speculative decoding.',
    sglang: 'Start SGLang with SGLANG_RETURN_ORIGINAL_LOGPROB=1, and without speculative decoding.',
    'llama.cpp': 'Start llama-server without a draft model and with --spec-type none: tokens that were guessed ahead come back as certain.',
    ollama: 'Take a model without a draft: tokens that were guessed ahead come back as certain.',
    other: 'Have the server report log-probabilities before temperature and sampling, and switch speculative decoding off.',
  },
  scaled: {
    vllm: 'Start vLLM with --logprobs-mode raw_logprobs.',
    sglang: 'Start SGLang with SGLANG_RETURN_ORIGINAL_LOGPROB=1.',
    other: 'Nothing for the probe, which asks at temperature 0, as long as they are not zero there; compare no perplexities of sampled answers.',
  },
  speculative: {
    'llama.cpp': 'Start llama-server without -md / --model-draft and with --spec-type none for the probe.',
    sglang: 'Start SGLang without --speculative-algorithm for the probe.',
    other: 'Switch speculative decoding off for the probe.',
  },
  repeatable: {
    vllm: 'Set VLLM_BATCH_INVARIANT=1 (newer vLLM, compute capability 8.0 or higher; slower). Or measure the effect: looptool probe --again N.',
    sglang: 'Start SGLang with --enable-deterministic-inference. Or measure the effect: looptool probe --again N.',
    'llama.cpp': 'Start llama-server with -np 1 and --no-cache-prompt. Or measure the effect: looptool probe --again N.',
    ollama: 'Set OLLAMA_NUM_PARALLEL=1 and "concurrency": 1. Or measure the effect: looptool probe --again N.',
    openrouter: 'Fix one provider with provider.order in your OpenRouter settings. Or measure the effect: looptool probe --again N.',
    other: 'Measure the effect: looptool probe --again N asks again, and keeps samples that flip from relabelling.',
  },
  context: {
    vllm: 'Start vLLM with a larger --max-model-len.',
    sglang: 'Start SGLang with a larger --context-length.',
    'llama.cpp': 'Start llama-server with a larger -c: it is divided by the slots (-np) unless --kv-unified is set, so -c must be -np times what one request needs.',
    ollama: 'Set OLLAMA_CONTEXT_LENGTH (or num_ctx in the Modelfile) to what your longest sample and its answer need.',
    lmstudio: 'Load the model with a larger context length.',
    tgi: 'Start TGI with larger --max-total-tokens and --max-input-tokens.',
    other: 'Serve the model with a larger context, or lower probe.maxTokens.',
  },
  thinking: {
    vllm: 'If the policy shall not think: --default-chat-template-kwargs \'{"enable_thinking": false}\'; if it shall, --reasoning-parser (qwen3, deepseek_r1 ...) and a higher probe.maxTokens.',
    sglang: 'If the policy shall not think, serve it with a template that switches thinking off; if it shall, --reasoning-parser and a higher probe.maxTokens.',
    'llama.cpp': 'If the policy shall not think: --reasoning off (older: --reasoning-budget 0); if it shall, raise probe.maxTokens.',
    ollama: 'Take a model without thinking, or raise probe.maxTokens: over /v1 only reasoning_effort "none" switches it off.',
    other: 'Switch thinking off at the server where training has it off, or raise probe.maxTokens.',
  },
  swallowed: {
    vllm: 'Remove --reasoning-parser, or serve with --default-chat-template-kwargs \'{"enable_thinking": true}\' so that the parser finds the end of the thinking.',
    sglang: 'Remove --reasoning-parser, or choose the one of this model.',
    'llama.cpp': 'Start llama-server with --reasoning-format none: the text then stays whole.',
    other: 'Switch the server\'s reasoning parser off, or choose the one of this model.',
  },
  parallel: {
    'llama.cpp': 'Start llama-server with more slots (-np N, and -c N times as large), or set "concurrency" to the number of slots: what is above only waits.',
    ollama: 'Set OLLAMA_NUM_PARALLEL=N for the server (1 is its default), or "concurrency": 1.',
    lmstudio: 'Raise the number of parallel requests in the model\'s settings, or set "concurrency": 1.',
    vllm: 'Look at --max-num-seqs and the free cache memory (--gpu-memory-utilization); or set "concurrency": "adaptive".',
    other: 'Set "concurrency" lower or "adaptive": what the server does not work on only waits.',
  },
  refusedAtOnce: {
    ollama: 'Set "concurrency" lower, or OLLAMA_MAX_QUEUE higher.',
    tgi: 'Set "concurrency" lower, or start TGI with a higher --max-concurrent-requests.',
    sglang: 'Set "concurrency" lower, or start SGLang without --max-queued-requests.',
    other: 'Set "concurrency": "adaptive" (or lower): LoopTool then keeps to what the server takes, and waits as it says.',
  },
  names: {
    vllm: 'Nothing, if the fingerprint changes after each training.',
    sglang: 'Compare the fingerprint before and after a training; GET /get_model_info names the path that is served.',
    'llama.cpp': 'Compare the fingerprint before and after a training; /props names the file that is served.',
    other: 'Compare the fingerprint before and after a training: rounds do so too.',
  },
  structured: {
    'llama.cpp': 'Start llama-server without --skip-chat-parsing, which switches schemas off too. Else nothing: replies are read leniently.',
    openai: 'Take a model with structured outputs.',
    deepseek: 'Nothing: DeepSeek has json_object only.',
    tgi: 'Nothing: replies are read leniently. TGI takes a grammar of its own instead.',
    other: 'Nothing: replies are read leniently either way, a few more are asked again.',
  },
  greedy: {
    openai: 'Take a model that takes temperature 0 (one that does not reason).',
    deepseek: 'Set thinking off: DeepSeek ignores the temperature while it thinks.',
    other: 'Look for a setting of the server that fixes its sampler.',
  },
  unneededKey: {
    vllm: 'Start vLLM with --api-key, or remove the key.',
    'llama.cpp': 'Start llama-server with --api-key, or remove the key.',
    other: 'Set a key at the server, or remove it here (LoopTool: Clear Endpoint Key, or apiKeyEnv).',
  },
} as const satisfies Readonly<Record<string, Advice>>;

export function adviceFor(topic: keyof typeof advice, kind: ServerKind): string {
  const texts: Advice = advice[topic];
  return texts[kind] ?? texts.other;
}
