import type * as z from 'zod';
import { sampleSchema, type Sample } from '../../core/dataset/sample.ts';
import { LoopToolError } from '../../core/errors.ts';
import { editorReply, editorRequest, type EditorReplyPart, type EditorRequest } from '../../core/llm/editorModel.ts';
import { unprobable } from '../../core/loop/gcp.ts';
import { planVerify, verifyCases, voteOutcome, type VerifyContext } from '../../core/loop/jglv.ts';
import { foldJudgement } from '../../core/loop/judgement.ts';
import { foldVerify } from '../../core/rounds/fold.ts';
import { probeEntrySchema, type ProbeEntry, type ProbeOutcome } from '../../core/rounds/journalEntries.ts';
import type { FinalVerdict } from '../../core/rounds/verdict.ts';
import { predictionFromReply } from '../../core/toolcall/extract.ts';
import { matchPrediction } from '../../core/toolcall/match.ts';
import type { Prediction } from '../../core/toolcall/prediction.ts';
import { compileTextKinds } from '../../core/toolcall/textKinds.ts';
import { parseLine } from '../../node/jsonLine.ts';
import type { WholeSample } from '../../protocol/lsp/wholeSample.ts';
import { usablePrompts } from '../prompts/projectPrompts.ts';
import { openProject } from '../project.ts';

/** What a model of the editor is asked about one sample. Nothing of it is written anywhere: such answers cannot be repeated. */
export type EditorModelTask = 'answer' | 'judge';

export type EditorModelResult =
  | { readonly task: 'answer'; readonly outcome: ProbeOutcome; readonly prediction: Prediction; readonly differences: readonly string[] }
  | {
      readonly task: 'judge';
      readonly verdict: FinalVerdict;
      readonly analysis: string;
      readonly approach: string;
      readonly votes: readonly { readonly order: 'LP' | 'PL'; readonly verdict: string; readonly error: string | undefined }[];
    };

export type EditorModelAsk = {
  readonly sample: Sample;
  /** To be answered one by one. */
  readonly requests: readonly EditorRequest[];
  /** What the replies come to, one for each request. */
  readonly read: (replies: readonly (readonly EditorReplyPart[])[], model: string) => EditorModelResult;
};

/** Throws `usage` for a sample that cannot be asked about in this way, and `config-invalid` for prompts that cannot be used. */
export async function prepareEditorModelAsk(project: string, given: WholeSample, task: EditorModelTask): Promise<EditorModelAsk> {
  const sample = parsed(given.sample, sampleSchema);
  const reason = unprobable(sample.label);
  if (reason !== undefined) throw new LoopToolError('usage', `This sample cannot be asked about: ${reason}.`);
  const { files, config } = await openProject(project);
  if (task === 'answer') return answerAsk(sample, compileTextKinds(config.textKinds));
  const probe = given.probe === undefined ? undefined : parsed(given.probe, probeEntrySchema);
  const { prompts } = await usablePrompts(files, config);
  return judgeAsk(sample, probe, { sampling: {}, prompts });
}

function answerAsk(sample: Sample, textKinds: ReturnType<typeof compileTextKinds>): EditorModelAsk {
  const request = editorRequest(sample);
  return {
    sample,
    requests: [request],
    read: ([parts = []], model) => {
      const prediction = predictionFromReply(editorReply(parts, request.names, model), textKinds);
      const { outcome, comparison } = matchPrediction(sample.label, prediction, textKinds);
      return { task: 'answer', outcome, prediction, differences: (comparison?.differences ?? []).map(({ message }) => message) };
    },
  };
}

/** Both orders, as in a round; a third vote would be drawn with a seed, which these models do not take. */
function judgeAsk(sample: Sample, probe: ProbeEntry | undefined, context: Omit<VerifyContext, 'judge'>): EditorModelAsk {
  if (probe === undefined || probe.outcome === 'ERROR') throw new LoopToolError('usage', 'The policy has not answered this sample with this label, and a judge compares two answers. Probe the sample first (LoopTool: Probe This Sample).');
  const [verifyCase] = verifyCases([sample], new Map([[sample.id, probe]]));
  if (verifyCase === undefined) throw new LoopToolError('usage', 'The policy\'s answer matches the label: a judge is asked about answers that do not.');
  const asked: VerifyContext = { ...context, judge: { model: 'editor', fingerprint: undefined, simulated: false } };
  const { votes, preChecks } = planVerify([verifyCase], [], asked);
  const [decided] = preChecks;
  if (decided !== undefined) throw new LoopToolError('usage', `No judge is needed here: ${decided.reason}.`);
  const requests = votes.map(({ request }) => editorRequest(request));
  return {
    sample,
    requests,
    read: (replies, model) => {
      const judge = { ...asked.judge, model };
      const entries = votes.map((ask, i) => voteOutcome(ask, { ok: true, reply: editorReply(replies[i] ?? [], new Map(), model), attempts: 1, elapsedMs: 0 }, { judge }, ''));
      const judgement = foldJudgement(verifyCase, foldVerify(entries).get(sample.id), { round: 0, relabel: 'off' });
      if (judgement === undefined) throw new LoopToolError('endpoint-protocol', 'The replies of the model could not be read. Ask again, or ask another model.');
      const { verdict, analysis, approach } = judgement;
      return { task: 'judge', verdict, analysis, approach, votes: entries.map(({ order, verdict: word, error }) => ({ order, verdict: word, error })) };
    },
  };
}

function parsed<T>(text: string, schema: z.ZodType<T>): T {
  const line = parseLine(text);
  const value = line.ok ? schema.safeParse(line.value) : undefined;
  if (value?.success !== true) throw new LoopToolError('dataset-unreadable', 'The sample could not be read. Check its record (LoopTool: Check Dataset), then ask again.');
  return value.data;
}
