import type { ProjectConfig } from '../core/config/projectConfig.ts';
import { LoopToolError } from '../core/errors.ts';
import type { CompletionPort, CompletionReply } from '../core/llm/completionPort.ts';
import type { Clock } from '../node/clock.ts';

/** Money per million tokens. */
export type Price = { readonly prompt: number; readonly completion: number };

/** What a job has used of servers that are not its own, and where it has to stop. */
export class Meter {
  private promptTokens = 0;
  private completionTokens = 0;
  private money = 0;
  private requests = 0;
  private inFlight = 0;
  private readonly startedAt: number;
  private idle: (() => void)[] = [];

  constructor(
    private readonly budgets: ProjectConfig['budgets'],
    private readonly clock: Clock,
  ) {
    this.startedAt = clock.now();
  }

  /** The same port, counted. What it costs beyond the budget is not sent: `budget-spent` is thrown when all that was sent is answered. */
  metered(port: CompletionPort, price: Price | undefined): CompletionPort {
    return {
      description: port.description,
      concurrency: port.concurrency,
      used: () => this.used(),
      complete: async (request, signal) => {
        const spent = this.spent();
        if (spent !== undefined) await this.stop(spent);
        this.inFlight += 1;
        try {
          const outcome = await port.complete(request, signal);
          if (outcome.ok) this.count(outcome.reply, price);
          return outcome;
        } finally {
          this.inFlight -= 1;
          if (this.inFlight === 0) this.idle.splice(0).forEach((resume) => resume());
        }
      },
    };
  }

  /** For progress events. Tokens as the servers count them. */
  used(): Readonly<Record<string, number>> {
    const tokens = this.promptTokens + this.completionTokens;
    return { 'used.tokens': tokens, 'used.money': Math.round(this.money * 1e6) / 1e6, 'used.minutes': Math.round(this.minutes() * 10) / 10 };
  }

  private minutes(): number {
    return (this.clock.now() - this.startedAt) / 60_000;
  }

  private count({ promptTokens = 0, completionTokens = 0 }: CompletionReply, price: Price | undefined): void {
    this.requests += 1;
    this.promptTokens += promptTokens;
    this.completionTokens += completionTokens;
    if (price) this.money += (promptTokens * price.prompt + completionTokens * price.completion) / 1e6;
  }

  /** Which budget one more request would exceed, with what is under way counted as what requests cost so far. */
  private spent(): string | undefined {
    const { tokens, money, minutes } = this.budgets;
    const share = this.requests === 0 ? 1 : 1 + (this.inFlight + 1) / this.requests;
    if (tokens !== undefined && (this.promptTokens + this.completionTokens) * share > tokens) return `budgets.tokens (${tokens})`;
    if (money !== undefined && this.money * share > money) return `budgets.money (${money})`;
    if (minutes !== undefined && this.minutes() >= minutes) return `budgets.minutes (${minutes})`;
    return undefined;
  }

  private async stop(which: string): Promise<never> {
    // What is under way is paid for: its answers are taken.
    if (this.inFlight > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
    const { 'used.tokens': tokens = 0, 'used.money': money = 0, 'used.minutes': minutes = 0 } = this.used();
    throw new LoopToolError('budget-spent', `The budget of this job is spent: ${which}; used so far: ${tokens} tokens, ${money} in money, ${minutes} minutes. Run the same command again for another budget of the same size, or raise it in looptool.json: it goes on where it stood.`);
  }
}
