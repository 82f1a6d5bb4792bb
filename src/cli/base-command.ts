import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { wantsColor, wantsJson } from './arguments.ts';
import { Context } from './context.ts';
import { writeAnswer, writeJsonDocument, writeTrouble } from './output.ts';
import { screenOf, type Screen } from './screen.ts';

/** For the commands that read the inventory. */
export const inventoryFlag = {
  inventory: Flags.string({
    summary: 'Inventory file, or folder of them; may be repeated.',
    helpValue: 'PATH',
    multiple: true,
    multipleNonGreedy: true,
  }),
};

/**
 * What every command shares. `run` returns the document that `--json` prints, and prints for people through `answer`; returning
 * nothing prints no document. Errors pass through to `main`, which tells all of them alike.
 */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;

  static override baseFlags = {
    'no-color': Flags.boolean({ summary: 'Print without colours; NO_COLOR does the same.', helpGroup: 'GLOBAL' }),
  };

  /** Does `work` with the real parts, and closes them whatever happens. */
  protected async withContext<T>(
    options: { inventory?: string[] | undefined; environment?: NodeJS.ProcessEnv },
    work: (context: Context) => Promise<T>,
  ): Promise<T> {
    const context = new Context({ environment: options.environment ?? process.env, inventories: options.inventory ?? [] });
    try {
      return await work(context);
    } finally {
      await context.close();
    }
  }

  /** Does `work`, and beside it tells people what happens, where they want to be told. */
  protected async whileTelling<T>(context: Context, work: () => Promise<T>): Promise<T> {
    const { startTelling } = await import('./telling.ts');
    const telling = await startTelling(context);
    try {
      return await work();
    } finally {
      const trouble = await telling.stop();
      if (!this.jsonEnabled()) this.tell(trouble);
    }
  }

  /** Lines of the answer, on stdout. Silent with `--json`. */
  protected answer(lines: readonly string[]): void {
    if (!this.jsonEnabled()) writeAnswer(lines);
  }

  /** Lines of progress or trouble, on stderr. */
  protected tell(lines: readonly string[]): void {
    writeTrouble(lines);
  }

  protected get answerScreen(): Screen {
    return this.screenOf(process.stdout);
  }

  protected get troubleScreen(): Screen {
    return this.screenOf(process.stderr);
  }

  override jsonEnabled(): boolean {
    return wantsJson(this.argv);
  }

  protected override logJson(document: unknown): void {
    writeJsonDocument(document);
  }

  protected override catch(error: Error): Promise<never> {
    return Promise.reject(error);
  }

  private screenOf(stream: NodeJS.WriteStream): Screen {
    return screenOf(stream, process.env, { color: wantsColor(this.argv) });
  }
}
