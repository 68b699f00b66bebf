/** A template did more than any template of a model does. The message says what, and is shown with the place. */
export class TemplateLimit extends Error {
  override readonly name = 'TemplateLimit';
}

/** Larger than the longest templates of models by two orders of magnitude. */
export const mostTemplateCharacters = 512_000;
/** A prompt of four million tokens. */
export const mostPromptCharacters = 16_000_000;
/** Blanks in a row: how tags are found is quadratic in them. */
export const mostBlanks = 2_000;
/** A conversation of thousands of messages takes a tenth of it. */
const mostSteps = 1_500_000;
const mostDepth = 400;
/** What one operation may write from what it was given, before it is looked at. */
const mostWritten = 64_000_000;
/** Numbers and texts in a list, with those of lists inside of it as often as they stand there. */
export const mostParts = 16_000_000;
const mostRange = 100_000;

/** Counts what a template does. Equal templates and conversations stop at the same point: nothing here is measured in time. */
export class TemplateBudget {
  private steps = 0;
  private depth = 0;

  /** `weight`: one for each thing that is looked at. */
  charge(weight = 1): void {
    this.steps += weight;
    if (this.steps > mostSteps) throw new TemplateLimit('the template does not come to an end: it was stopped after more than a million steps');
  }

  enter(): void {
    this.depth += 1;
    if (this.depth > mostDepth) throw new TemplateLimit('the template calls itself without an end, or is nested too deeply');
  }

  leave(): void {
    this.depth -= 1;
  }

  text(length: number): void {
    if (length > mostPromptCharacters) throw new TemplateLimit(`the template writes more than ${mostPromptCharacters / 1e6} million characters`);
    this.charge(length >> 8);
  }

  /** For texts that become one: each is a step, and their length together is limited. */
  pieces(): { readonly add: (text: string) => string; readonly length: number } {
    let length = 0;
    const add = (text: string): string => {
      length += text.length;
      this.text(length);
      this.charge();
      return text;
    };
    return {
      add,
      get length() {
        return length;
      },
    };
  }

  /** Before a text of this length is made at one stroke. */
  written(length: number): void {
    if (length > mostWritten) throw new TemplateLimit(`the template writes more than ${mostPromptCharacters / 1e6} million characters`);
    this.charge(length >> 8);
  }

  range(length: number): void {
    if (length > mostRange) throw new TemplateLimit(`the template counts to more than ${mostRange}`);
    this.charge(Math.max(0, length));
  }
}
