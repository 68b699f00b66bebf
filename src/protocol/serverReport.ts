import * as z from 'zod';

/** What `looptool doctor` finds out about a server: the shape of its `--json` result and of its cache files. */

export const serverKinds = ['vllm', 'sglang', 'llama.cpp', 'ollama', 'lmstudio', 'tgi', 'looptool', 'openai', 'openrouter', 'deepseek', 'dashscope', 'hosted', 'unknown'] as const;
export type ServerKind = (typeof serverKinds)[number];

/** Why nothing could be asked. `page`: a web page answered; `redirect`: the server sends requests elsewhere; `ray`: a Ray dashboard. */
export const unreachableKinds = ['refused', 'dns', 'certificate', 'plainHttp', 'notHttp', 'timeout', 'network', 'redirect', 'page', 'ray'] as const;
export type UnreachableKind = (typeof unreachableKinds)[number];

/** What a server says of itself, without a model having to answer; asked anew each time. */
export const serverIdentitySchema = z.object({
  kind: z.enum(serverKinds),
  version: z.string().nullable(),
  /** Model as asked for. */
  model: z.string(),
  /** Tokens that one request may have, prompt and answer together. */
  ctx: z.number().int().nullable(),
  /** `open`: answers without a key; `key`: the key was needed and right. */
  auth: z.enum(['open', 'key', 'keyMissing', 'keyRefused', 'unknown']),
  state: z.enum(['ready', 'loading', 'broken', 'unreachable', 'notStarted', 'simulated']),
  problem: z.object({ kind: z.enum([...unreachableKinds, 'route', 'checkpoint']), message: z.string() }).nullable(),
  /** Models that it lists; null where it lists none. */
  listed: z.array(z.string()).nullable(),
  /** Requests that it works on at a time, where it says so. */
  slots: z.number().int().nullable(),
  /** It guesses tokens ahead (speculative decoding), where it says so. */
  speculative: z.boolean(),
  /** Fingerprint of the weights, where the server itself gives one. */
  weights: z.string().nullable(),
});
export type ServerIdentity = Readonly<z.infer<typeof serverIdentitySchema>>;

const covers = z.enum(['all', 'withoutReasoning', 'withoutCalls', 'textOnly']);

/** What the model's answers show; kept in the project's cache. */
export const serverBehaviourSchema = z.object({
  checkedAt: z.string(),
  requests: z.number().int(),
  /** Of the plain question; null when it was answered. */
  refused: z.object({ status: z.number().int().nullable(), message: z.string() }).nullable(),
  firstMs: z.number().nullable(),
  streams: z.boolean().nullable(),
  usage: z.boolean(),
  logprobs: z.object({
    /** How they come with tools: `chat` by `logprobs`, `n_probs` by llama.cpp's own field in a stream, `raw` only with a prompt of our own. */
    mode: z.enum(['chat', 'n_probs', 'raw', 'none']),
    /** Complete in a stream with tools; null where that could not be told. */
    stream: z.boolean().nullable(),
    /** Before the temperature; null where that could not be told. */
    raw: z.boolean().nullable(),
    /** All exactly zero, or all but the first. */
    zeros: z.boolean(),
    bytes: z.boolean(),
    covers: covers.nullable(),
    /** Rows and tokens of the streamed answer with tools, where they differ. */
    lost: z.object({ rows: z.number().int(), tokens: z.number().int() }).nullable(),
    prompt: z.boolean(),
  }),
  tools: z.object({
    /** `parsed` by the server; `text`: tags left in the text; `refused` by the server; `broken` by its parser; `noCall`: the model called nothing. */
    mode: z.enum(['parsed', 'text', 'refused', 'broken', 'noCall', 'unknown']),
    message: z.string().nullable(),
    /** Path that takes a prompt of our own. */
    rawVia: z.string().nullable(),
    /** The answer to the same question without a parser is the same text. */
    rawAgrees: z.boolean().nullable(),
  }),
  reasoning: z.object({
    field: z.enum(['reasoning', 'reasoning_content', 'content']).nullable(),
    /** What switches it off, as a request field. */
    off: z.string().nullable(),
    /** The whole answer came as reasoning. */
    swallowed: z.boolean(),
  }),
  structured: z.enum(['json_schema', 'json_object', 'none', 'unknown']),
  tokenize: z.object({ via: z.string().nullable(), count: z.number().int().nullable(), toolInPrompt: z.boolean().nullable() }),
  names: z.enum(['checked', 'ignored', 'unknown']),
  temperature: z.enum(['acts', 'ignored', 'unknown']),
  fingerprint: z.string().nullable(),
  repeatability: z.object({ asked: z.number().int(), equal: z.number().int(), largestDelta: z.number().nullable() }).nullable(),
  parallelism: z.object({ tried: z.number().int(), answered: z.number().int(), refusedWith: z.number().int().nullable(), speedup: z.number().nullable() }).nullable(),
});
export type ServerBehaviour = Readonly<z.infer<typeof serverBehaviourSchema>>;

export const serverWarningSchema = z.object({
  id: z.string(),
  /** `error`: the role cannot work. `note`: nothing has to be done. */
  severity: z.enum(['error', 'warning', 'note']),
  seen: z.string(),
  why: z.string(),
  fix: z.string(),
});
export type ServerWarning = Readonly<z.infer<typeof serverWarningSchema>>;

/** One server in one role. */
export const serverReportSchema = serverIdentitySchema.extend({
  /** Absent for a server that no role is bound to. */
  role: z.enum(['policy', 'judge', 'judge2', 'generator']).optional(),
  /** Which of the replicas of a pool, from 1. */
  replica: z.number().int().optional(),
  baseUrl: z.string(),
  works: z.boolean(),
  cached: z.boolean(),
  ...serverBehaviourSchema.partial().shape,
  warnings: z.array(serverWarningSchema),
});
export type ServerReport = Readonly<z.infer<typeof serverReportSchema>>;

export const doctorReportSchema = z.object({ v: z.literal(1), servers: z.array(serverReportSchema) });
export type DoctorReport = Readonly<z.infer<typeof doctorReportSchema>>;

/** A server found on a port of this machine, with the endpoint to paste. */
export const foundServerSchema = z.object({
  baseUrl: z.string(),
  kind: z.enum(serverKinds),
  version: z.string().nullable(),
  models: z.array(z.string()).nullable(),
  needsKey: z.boolean(),
  loading: z.boolean(),
  /** Something answers there that serves no models. */
  remark: z.string().nullable(),
  endpoint: z.object({ kind: z.literal('openai'), baseUrl: z.string(), model: z.string(), apiKeyEnv: z.string().optional() }).nullable(),
});
export type FoundServer = Readonly<z.infer<typeof foundServerSchema>>;
