import * as z from 'zod';
import { expansionKinds } from './expansionKinds.ts';

/** The one source of `looptool.json`: parsing, the contributed JSON Schema and the docs are made from it. */

const path = z.string().min(1).describe('Path relative to the folder of looptool.json');

export const datasetSchema = z.strictObject({
  path,
  dialect: z.string().optional().describe('Dialect id; recognised by content when absent'),
  steps: z.enum(['calls', 'last', 'all']).default('last').describe('Which assistant steps of a record are samples'),
  companions: z
    .partialRecord(z.enum(['answers', 'tools']), z.union([path, z.array(path).min(1)]))
    .optional()
    .describe('Files that are read beside the dataset, by role: possible answers, tool definitions. Found by the layout of the dialect when absent'),
});

export type DatasetEntry = Readonly<z.infer<typeof datasetSchema>>;

const samplingOverrides = z
  .strictObject({
    temperature: z.number().min(0).optional(),
    topP: z.number().min(0).max(1).optional(),
    topK: z.number().int().optional(),
    presencePenalty: z.number().optional(),
    maxTokens: z.number().int().min(1).optional(),
    toolChoice: z
      .literal('none')
      .optional()
      .describe("none: the server shows the model its tools but does not touch the answer, which is read here. For llama.cpp, which otherwise holds calls to the tools' schemas while the model writes (docs/real-server.md)"),
  })
  .default({});

/** Who makes the text of a prompt, and of what. */
const promptingFields = {
  prompting: z.enum(['chat', 'raw']).optional().describe('chat (when absent): the server makes the prompt of messages and tools, with its own template; raw: the prompt is made here, with template, and sent as text to /completions (docs/prompting.md)'),
  template: z
    .string()
    .min(1)
    .optional()
    .describe('With prompting raw: server (when absent), for the one that the server tells; chatml, for that of LoopTool rows; or a file: .jinja, .gguf, tokenizer_config.json, chat_template.json'),
  templateArgs: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe('Variables for the template, as enable_thinking: false. With prompting chat they are sent as chat_template_kwargs'),
};

const concurrency = z.number().int().min(1).max(1024);

export const openaiEndpointSchema = z.strictObject({
  kind: z.literal('openai'),
  baseUrl: z.url({ protocol: /^https?$/ }).describe('Up to and including /v1'),
  model: z.string().min(1),
  apiKeyEnv: z.string().optional().describe('Name of the environment variable that holds the key; in the editor, keys come from its secret storage first'),
  sampling: samplingOverrides,
  concurrency: z
    .union([concurrency, z.literal('adaptive')])
    .default(8)
    .describe('Requests in flight; adaptive: as many as bring the highest rate, found while running'),
  timeoutMs: z.number().int().min(1000).default(300_000).describe('Longest silence of one reply, in milliseconds'),
  stream: z.boolean().default(true),
  maxAttempts: z.number().int().min(1).max(20).default(5).describe('How often a request is sent at most, over all replicas of a pool'),
  structuredOutput: z.enum(['auto', 'off']).default('auto').describe('auto: replies of judge and generator are held to JSON where the server can; off: never, for servers that keep a model from thinking then'),
  price: z
    .strictObject({ prompt: z.number().min(0), completion: z.number().min(0) })
    .optional()
    .describe('Money per million tokens, in the currency of budgets.money'),
  ...promptingFields,
});

/** Several servers that serve one model. Which of them answers changes neither requests nor their keys. */
export const poolEndpointSchema = z
  .strictObject({
    kind: z.literal('pool'),
    replicas: z
      .array(z.strictObject({ endpoint: openaiEndpointSchema, weight: z.number().positive().default(1).describe('Share of the requests beside the other replicas') }))
      .min(1)
      .max(64),
    hedgeAfterMs: z
      .number()
      .int()
      .min(100)
      .optional()
      .describe('A request without an answer for so many milliseconds is sent to a second replica too, when one has room; the first good answer counts. Off when absent: it costs tokens'),
  })
  .refine(({ replicas }) => new Set(replicas.map(({ endpoint }) => JSON.stringify([endpoint.model, endpoint.sampling, endpoint.prompting, endpoint.template, endpoint.templateArgs]))).size === 1, 'All replicas of a pool serve the same model with the same sampling and prompting');

export const embeddedEndpointSchema = z.strictObject({
  kind: z.literal('embedded'),
  checkpoint: path.describe('Initial weights, a GGUF file that the embedded engine knows'),
  start: z.enum(['auto', 'never']).default('auto').describe('auto: a job starts the server when none runs; never: looptool serve was started by you'),
  threads: z.number().int().min(1).max(64).optional().describe('Worker threads; as many as cores, at most 8, when absent'),
  sampling: samplingOverrides,
  concurrency: concurrency.default(64),
  ...promptingFields,
});

export const simulatedEndpointSchema = z.strictObject({
  kind: z.literal('simulated'),
  model: z.enum(['simulated-judge', 'simulated-generator']),
  errorRate: z.number().min(0).max(1).default(0.1).describe('Share of answers that are wrong on purpose'),
  positionBias: z.number().min(0).max(1).default(0.05).describe('Share of judgements that simply prefer the first answer'),
  seed: z.number().int().default(1),
  concurrency: concurrency.default(16),
});

export const endpointSchema = z.discriminatedUnion('kind', [openaiEndpointSchema, poolEndpointSchema, embeddedEndpointSchema, simulatedEndpointSchema]);
export type Endpoint = Readonly<z.infer<typeof endpointSchema>>;
export type OpenAiEndpoint = Readonly<z.infer<typeof openaiEndpointSchema>>;

/** The servers of the user's that stand behind an endpoint; none behind the embedded and simulated ones. */
export function remoteEndpoints(endpoint: Endpoint): readonly OpenAiEndpoint[] {
  if (endpoint.kind === 'openai') return [endpoint];
  return endpoint.kind === 'pool' ? endpoint.replicas.map((replica) => replica.endpoint) : [];
}

/** The name that an endpoint's model is asked under. */
export function endpointModel(endpoint: Endpoint): string {
  if (endpoint.kind === 'embedded') return 'policy';
  return endpoint.kind === 'pool' ? (endpoint.replicas[0]?.endpoint.model ?? '') : endpoint.model;
}

/** Limits of one job; what is beyond is not sent, and the next run goes on. Tokens and money are those of servers of the user's. */
export const budgetsSchema = z.strictObject({
  tokens: z.number().int().min(1).optional().describe('Prompt and completion tokens together'),
  money: z.number().positive().optional().describe('In the currency of the prices of endpoints'),
  minutes: z.number().positive().optional(),
});

/** GRPO as in the paper, at the embedded engine's scale. */
export const grpoSettingsSchema = z.strictObject({
  epochs: z.number().int().min(1).default(2),
  /** Stops after this many steps even inside an epoch; for short demonstrations. */
  maxSteps: z.number().int().min(1).optional(),
  promptsPerStep: z.number().int().min(1).default(32),
  group: z.number().int().min(2).default(16),
  updatesPerStep: z.number().int().min(1).default(2),
  clipLow: z.number().min(0).default(0.2),
  clipHigh: z.number().min(0).default(0.28),
  learningRate: z.number().positive().default(3e-4),
  warmupSteps: z.number().int().min(0).default(5),
  maxGradientNorm: z.number().positive().default(1),
  temperature: z.number().positive().default(1),
  maxNewTokens: z.number().int().min(1).default(80),
});
export type GrpoSettings = Readonly<z.infer<typeof grpoSettingsSchema>>;

export const trainerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('embedded'), threads: z.number().int().min(1).max(64).optional(), grpo: grpoSettingsSchema.prefault({}) }),
  z.strictObject({
    kind: z.literal('command'),
    argv: z.array(z.string()).min(1).describe('Program and arguments, run without a shell. {export}, {result}, {initial}, {round} and {seed} are filled in'),
    environment: z.record(z.string(), z.string()).default({}),
  }),
  z.strictObject({ kind: z.literal('none') }),
]);

/** How a text answer is told apart: patterns with the flag `u`, `ask` may have a group named `argument`. Without any, a text match is unverified. */
export const textKindsSchema = z.strictObject({
  ask: z.array(z.string()).default([]),
  decline: z.array(z.string()).default([]),
});
export type TextKinds = Readonly<z.infer<typeof textKindsSchema>>;

export const probeSettingsSchema = z.strictObject({
  maxTokens: z.number().int().min(1).default(1024),
  /** Limit of the one more try that a truncated answer gets. */
  retryMaxTokens: z.number().int().min(1).default(4096),
  again: z.number().int().min(0).default(0).describe('Samples that are asked greedily a second time: how far the server is deterministic. Those answered otherwise are kept from relabelling'),
  repeats: z
    .strictObject({
      n: z.number().int().min(0).max(256).default(0).describe('Sampled answers to each sample, for pass rates and the forecast of groups that teach nothing; 0: none'),
      temperature: z.number().positive().default(1).describe('Of these answers; that of the training, for the forecast to be about it'),
      samples: z.number().int().min(1).optional().describe('How many samples are repeated, drawn with the seed; all when absent'),
      group: z.number().int().min(2).optional().describe("Rollouts of a training group in the forecast; the embedded trainer's when absent, else 16"),
    })
    .prefault({}),
});

export const verifySettingsSchema = z.strictObject({
  relabel: z
    .enum(['gate', 'always', 'off'])
    .default('gate')
    .describe('When a LABEL_WRONG verdict replaces a label. gate: only by a judge that people measured, see verify.gate; always: by any judge; off: never. What does not replace a label goes to the review'),
  gate: z
    .strictObject({
      threshold: z.number().min(0).max(1).default(0.9).describe('Lower bound of the precision of LABEL_WRONG (95 % interval) that opens the gate'),
      least: z.number().int().min(1).default(100).describe('Smallest calibration sample that opens it, decided blind and to its end'),
    })
    .prefault({}),
  protocol: z
    .enum(['bothOrders', 'paper'])
    .default('bothOrders')
    .describe('bothOrders: a vote with either answer first; paper: the published protocol, one vote with the label first, for comparison with published numbers'),
  thirdVote: z
    .enum(['off', 'same', 'second'])
    .default('same')
    .describe('Who is asked where the two orders leave the label open: nobody, the judge once more with sampling, or the model of endpoints.judge2'),
  fewShot: z.number().int().min(0).max(16).default(0).describe("Examples from people's decisions that the judge is shown. Another choice of examples is another prompt version: the gate has to be opened for it anew"),
});

const share = z.number().min(0).max(1);

const expandGatesSchema = z.strictObject({
  grounding: z.boolean().default(true).describe('Refuses calls with values that the conversation gives no ground for'),
  nearDuplicate: z
    .union([z.number().min(0.5).max(1), z.literal(false)])
    .default(0.9)
    .describe('Likeness (share of word triples in common, by MinHash) from which an expansion repeats a seed, a sibling, a sample of the training or held-out data or of lint.benchmarks; false: exact repetitions only'),
  solver: z.boolean().default(true).describe('Has the judge answer the new request without seeing its label; another answer than the label refuses it'),
  critic: z.boolean().default(true).describe('Has the judge rule on the label'),
  difficulty: z
    .enum(['off', 'wrong', 'wrongOrUnsure'])
    .default('off')
    .describe('Has the policy answer what passed all other gates, and keeps what it gets wrong, or is unsure of too: perplexity of at least expand.gates.unsurePpl'),
  unsurePpl: z.number().min(1).default(1.1),
});
export type ExpandGates = Readonly<z.infer<typeof expandGatesSchema>>;

export const expandSettingsSchema = z.strictObject({
  k: z.number().int().min(0).max(64).default(4).describe('Expansions asked for per error seed'),
  /** Upper limit of error seeds that are expanded, drawn evenly over kinds; all when absent. */
  maxSeeds: z.number().int().min(0).optional(),
  attempts: z.number().int().min(1).max(10).default(2).describe('How often a sibling is asked for until one passes the gates parse, shape, schema and grounding'),
  kinds: z
    .partialRecord(z.enum(expansionKinds), z.number().min(0))
    .optional()
    .describe('How many siblings shall be of which kind, as weights; when absent, 3 in 4 as their seed, 1 in 8 that call nothing (as many that call after seeds that do not), the others spread over parallel, multi-turn and error recovery'),
  preview: z.number().int().min(1).max(100).default(10).describe('How many looptool expand --preview makes'),
  gates: expandGatesSchema.prefault({}),
});

export const composeSettingsSchema = z.strictObject({
  /** Rows of the next set; the size of the first set when absent. */
  size: z.number().int().min(1).optional(),
  /** Share of the first round's size taken as fresh seeds for round 2; halves every round (paper: 0.3077). */
  freshShare: share.default(0.3077),
  selection: z.enum(['highPpl', 'random']).default('highPpl').describe('Which matched samples are taken'),
  highPpl: z
    .strictObject({
      mode: z
        .enum(['fill', 'ratio', 'quantile', 'threshold'])
        .default('fill')
        .describe('How many matched samples are taken. fill: as many as there are places left; ratio: that share of them; quantile, threshold: those of at least that perplexity. Never more than there are places'),
      ratio: share.default(0.3).describe('Share of the matched samples that mode ratio takes, rounded up'),
      quantile: share.default(0.7).describe('Mode quantile takes perplexities from this quantile of the matched samples on'),
      threshold: z.number().min(1).default(1.1).describe('Mode threshold takes perplexities from here on'),
      over: z.enum(['all', 'answer', 'call']).default('all').describe('Tokens that the perplexity is over: all (the paper), those of the answer without its reasoning, those of its calls'),
    })
    .prefault({}),
  bothCorrect: z.enum(['highPpl', 'discard']).default('highPpl').describe('What becomes of BOTH_CORRECT samples. highPpl: as if matched (section 4.3 of the paper); discard (its Algorithm 1)'),
  /** Largest shares of the set; what is above is cut, seeded. Absent: no cap (the paper's equation 5). */
  caps: z
    .strictObject({
      errorSeeds: share.optional(),
      expansions: share.optional(),
      noCall: share.optional().describe('Largest share of samples whose right answer calls nothing, whatever they stem from'),
      perTool: share.optional().describe('Largest share of samples that call any one tool'),
    })
    .default({}),
  /** Draw error seeds and expansions by sample kind in the proportions of the first set: a cap by kind. */
  byKind: z.boolean().default(false),
  weights: z
    .strictObject({ tools: z.record(z.string(), z.number().min(0)).default({}), kinds: z.record(z.string(), z.number().min(0)).default({}) })
    .prefault({})
    .describe('Where error seeds or expansions are cut: how many places a tool or a kind of sample gets for each place of another; 1 when not named, 0 leaves it out of what is cut'),
});
export type ComposeSettings = Readonly<z.infer<typeof composeSettingsSchema>>;

const lintSeverity = z.enum(['error', 'warning', 'information', 'off']);

export const lintSettingsSchema = z.strictObject({
  profile: z.enum(['strict', 'recommended', 'lenient']).default('recommended').describe('Severities to start from (docs/rules.md)'),
  rules: z
    .record(z.string(), z.union([lintSeverity, z.looseObject({ severity: lintSeverity.optional() })]))
    .default({})
    .describe('Exceptions by rule id: a severity, or an object with a severity and the options of the rule'),
  baseline: path.optional().describe('File of findings that are known and not shown; made by looptool validate --update-baseline'),
  benchmarks: z.array(path).default([]).describe('Datasets that must not stand in the training data (rule benchmark-leak)'),
});
export type LintSettings = Readonly<z.infer<typeof lintSettingsSchema>>;

export const projectConfigSchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  name: z.string().min(1),
  seed: z.number().int().default(1),
  datasets: z.strictObject({
    seed: z.array(datasetSchema).min(1).describe('Training corpus; round 1 trains on the first roundSize samples of it'),
    heldOut: z.array(datasetSchema.extend({ name: z.string().min(1) })).default([]).describe('Never trained on; measured before and after each round'),
    truth: path.optional().describe('Right labels by sample id, read by the report alone'),
    roundSize: z.number().int().min(1).optional().describe('Samples of the first round, drawn with the seed; all when absent, and then no fresh seeds remain'),
  }),
  endpoints: z.strictObject({
    policy: endpointSchema,
    judge: endpointSchema,
    generator: endpointSchema,
    judge2: openaiEndpointSchema.optional().describe('Another model for third votes, see verify.thirdVote'),
  }),
  prompts: path.optional().describe('Folder of the prompts that the project has of its own (looptool prompts eject); prompts when absent'),
  budgets: budgetsSchema.prefault({}),
  trainer: trainerSchema.default({ kind: 'none' }),
  textKinds: textKindsSchema.prefault({}),
  lint: lintSettingsSchema.prefault({}),
  probe: probeSettingsSchema.prefault({}),
  verify: verifySettingsSchema.prefault({}),
  expand: expandSettingsSchema.prefault({}),
  compose: composeSettingsSchema.prefault({}),
});
export type ProjectConfig = Readonly<z.infer<typeof projectConfigSchema>>;
