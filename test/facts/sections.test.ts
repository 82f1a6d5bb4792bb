import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSections, writeSections } from '../../src/facts/sections.ts';
import { setUpBench, shells } from './shells.ts';

const here = { name: 'next', script: 'echo here', timeoutSeconds: 5 };

/** Whether a process that wrote its pid into a file is gone, or a zombie that nobody has waited for yet. */
function isGone(pidFile: string): boolean {
  const stat = `/proc/${readFileSync(pidFile, 'utf8').trim()}/stat`;
  return !existsSync(stat) || / Z /.test(readFileSync(stat, 'utf8'));
}

describe.concurrent.each(shells)('sections under $shell', ({ words }) => {
  it('survive each other: one that exits, one that fails, one that prints no line end', async (context) => {
    const script = writeSections([
      { name: 'exits', script: 'echo before; exit 7; echo after', timeoutSeconds: 5 },
      { name: 'reads', script: 'cat; printf "no end"', timeoutSeconds: 5 },
      { name: 'missing', script: 'exec fleet-no-such-tool', timeoutSeconds: 5 },
      { name: 'complains', script: 'echo "it\'s wrong" >&2', timeoutSeconds: 5 },
      { name: 'knows', script: 'echo "$fleet_code"', timeoutSeconds: 5 },
      { name: 'is killed', script: 'kill -KILL "$(exec sh -c \'echo $PPID\')"', timeoutSeconds: 5 },
    ]);
    const answers = parseSections(await setUpBench(context).ask(words, script));
    expect(answers.get('exits')).toEqual({ text: 'before', exitCode: 7, timedOut: false });
    expect(answers.get('reads')).toEqual({ text: 'no end', exitCode: 0, timedOut: false });
    expect(answers.get('missing')?.exitCode).toBe(127);
    expect(answers.get('complains')?.text).toBe("it's wrong");
    expect(answers.get('knows')?.text).toBe('0');
    expect(answers.get('is killed')).toMatchObject({ exitCode: 137, timedOut: false });
  });

  it('that hang are killed at their limit; the tool is not asked again, and the next one answers', async (context) => {
    const script = writeSections([
      { name: 'hangs', script: 'exec sleep 600', timeoutSeconds: 1, tool: 'smi' },
      { name: 'again', script: 'exec sleep 600', timeoutSeconds: 1, tool: 'smi' },
      here,
    ]);
    // As a question is asked: in a subshell of a shell that lives on, after whatever the login has printed.
    const question = `echo '*** Welcome ***'\n(\n${script}\n)\necho fleet-section-begin cut off`;
    const answers = parseSections(await setUpBench(context).ask(words, question));
    expect([...answers.keys()]).toEqual(['hangs', 'next']);
    expect(answers.get('hangs')).toEqual({ text: '', exitCode: 137, timedOut: true });
    expect(answers.get('next')?.text).toBe('here');
  });

  it('whose wrapper hangs are killed with all its descendants', async (context) => {
    const { ask, install, home } = setUpBench(context);
    install('grandchild', `echo "$$" >'${home}/grandchild'; exec sleep 600`);
    install('wrapper', `grandchild & trap '' TERM; echo started; wait`);
    const script = writeSections([{ name: 'hangs', script: 'wrapper; echo after', timeoutSeconds: 1 }, here]);
    // Its output ends: no child of the wrapper holds it.
    const answers = parseSections(await ask(words, script));
    expect(answers.get('hangs')).toEqual({ text: 'started', exitCode: 137, timedOut: true });
    expect(answers.get('next')?.text).toBe('here');
    expect(isGone(join(home, 'grandchild'))).toBe(true);
  });

  it('that not even KILL ends, as in the kernel, are left behind', async (context) => {
    // A process that no signal reaches, for this shell: its own `kill` spares it.
    const spare = `kill() { case $1 in -KILL | -STOP) ;; *) command kill "$@" ;; esac; }\n`;
    const stuck = { name: 'stuck', script: 'exec sleep 9 >/dev/null 2>&1', timeoutSeconds: 1 };
    const answers = parseSections(await setUpBench(context).ask(words, spare + writeSections([stuck, here])));
    expect(answers.get('stuck')).toEqual({ text: '', exitCode: 137, timedOut: true });
    expect(answers.get('next')?.text).toBe('here');
  });
});
