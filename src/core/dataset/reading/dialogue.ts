import type { SourcePath } from '../../json/path.ts';
import { JsonNumber, type JsonValue } from '../../json/value.ts';
import { familyId, makeSample } from '../identity.ts';
import type { Label, Message, Sample } from '../sample.ts';
import type { CallPlace, RecordProblem, RecordReading, RecordSample, Steps } from '../dialect.ts';
import { annotatedLabel, type RecordExtras } from './recordExtras.ts';
import type { ToolBlock } from './toolBlock.ts';

/** What an assistant message is as a label. */
export type AssistantStep = {
  readonly label: Label;
  readonly path: SourcePath;
  readonly calls: () => readonly CallPlace[];
  /** Of an unreadable label, the first part that cannot be read. */
  readonly broken?: (() => SourcePath | undefined) | undefined;
  /** Text beside the calls. */
  readonly prose?: string | undefined;
  /** Text of the answer, for an annotation to be held against. */
  readonly answer: string;
  /** False where the dataset says that the message is context only (`weight: 0`). */
  readonly trained: boolean;
};

/** One message of a dialogue. `message` is absent for an assistant whose calls cannot be read; then its step's label says why. */
export type Turn = { readonly message: Message | undefined; readonly path: SourcePath; readonly step?: AssistantStep | undefined };

export type Dialogue = {
  readonly tools: ToolBlock;
  /** Leads to the block of tools. */
  readonly toolsPath: SourcePath;
  /** Up to the first message that cannot be read: what comes after it has no known context. */
  readonly turns: readonly Turn[];
  /** Why the turns end early. */
  readonly problem?: RecordProblem | undefined;
  readonly extras: RecordExtras;
  readonly steps: Steps;
  readonly unheld?: readonly string[] | undefined;
  /** Family of the dialogue where the dataset names it; worked out when absent. */
  readonly family?: string | undefined;
  /** Where a record without any assistant message is complained about. */
  readonly messagesPath: SourcePath;
};

/** Whether a step with this weight is trained: 0 and false say that it is context only. */
export function isTrained(weight: JsonValue | undefined): boolean {
  return weight !== false && !((typeof weight === 'number' || weight instanceof JsonNumber) && Number(weight) === 0);
}

/** The turn of an answer that stands apart from the messages. An assistant message that it makes is nobody's context. */
export function answerTurn(step: Omit<AssistantStep, 'trained'>): Turn {
  return { message: step.label.kind === 'invalid' ? undefined : { role: 'assistant', content: '', calls: [] }, path: step.path, step: { ...step, trained: true } };
}

type Step = { readonly index: number; readonly number: number; readonly turn: Turn; readonly step: AssistantStep };

/** Every wanted assistant step of a dialogue as a sample: its context is all that stands before it. */
export function readDialogue(dialogue: Dialogue): RecordReading {
  const { tools, turns, extras, problem } = dialogue;
  const assistantSteps: Step[] = [];
  for (const [index, turn] of turns.entries()) if (turn.step !== undefined) assistantSteps.push({ index, number: assistantSteps.length, turn, step: turn.step });
  const last = assistantSteps.at(-1);
  const messages: Message[] = [];
  for (const { message } of turns) if (message !== undefined) messages.push(message);
  const family = familyOf(dialogue, messages, assistantSteps[0]?.index);
  const samples = chooseSteps(assistantSteps, dialogue.steps, problem !== undefined).map((chosen): RecordSample => {
    const { step, index, number } = chosen;
    const label = chosen === last ? annotatedLabel(step.label, step.answer, extras.label) : step.label;
    const own = makeSample({ tools: tools.tools, messages: messages.slice(0, index), label, family });
    const sample = annotatedContext(own, extras);
    return {
      sample,
      step: number,
      places: () => ({
        tools: sample.tools === own.tools ? tools.paths.map((path) => [...dialogue.toolsPath, ...path]) : sample.tools.map(() => dialogue.toolsPath),
        messages: sample.messages === own.messages ? turns.slice(0, index).map(({ path }) => path) : sample.messages.map(() => dialogue.messagesPath),
        label: step.path,
        calls: label.kind === 'calls' ? step.calls() : [],
        ...(label.kind === 'invalid' ? { broken: step.broken?.() } : {}),
      }),
      ...(label.kind === 'calls' && step.prose !== undefined && step.prose !== '' ? { prose: step.prose } : {}),
      ...(dialogue.unheld === undefined || dialogue.unheld.length === 0 ? {} : { unheld: dialogue.unheld }),
    };
  });
  if (problem !== undefined) return { samples, problems: [problem] };
  if (assistantSteps.length > 0) return { samples, problems: [] };
  return { samples, problems: [{ path: dialogue.messagesPath, message: 'the record has no assistant message to learn from' }] };
}

/** With the tools and messages that the row cannot say itself, while it says what they were written for. */
function annotatedContext(own: Sample, extras: RecordExtras): Sample {
  if (extras.context === undefined || extras.context !== own.id) return own;
  return makeSample({ tools: extras.tools ?? own.tools, messages: extras.messages ?? own.messages, label: own.label, family: extras.family });
}

/** Worked out once for all steps, and only when one of them is asked. */
function familyOf({ tools, family, extras }: Dialogue, messages: readonly Message[], firstStep: number | undefined): () => string {
  const named = extras.family ?? family;
  if (named !== undefined) return () => named;
  let made: string | undefined;
  return () => {
    // Without a user, what stands before the first step is all that the steps have in common.
    made ??= familyId(tools.tools, messages.some((message) => message.role === 'user') ? messages : messages.slice(0, firstStep));
    return made;
  };
}

/** Broken calls are calls too: a label that should have been one has to be seen. */
function isCallStep({ label, answer }: AssistantStep): boolean {
  return label.kind === 'calls' || label.kind === 'anyCall' || (label.kind === 'invalid' && answer.trim() !== '');
}

function chooseSteps(assistantSteps: readonly Step[], steps: Steps, cutShort: boolean): readonly Step[] {
  const trained = assistantSteps.filter(({ step }) => step.trained);
  if (steps === 'all') return trained;
  if (steps === 'calls') return trained.filter(({ step, turn }) => isCallStep(step) || turn.message === undefined);
  // Of a record that breaks off, the last step is not known, unless the break is the step itself.
  return trained.slice(-1).filter(({ turn }) => !cutShort || turn.message === undefined);
}
