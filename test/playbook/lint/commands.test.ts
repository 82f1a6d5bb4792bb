import { describe, expect, it } from 'vitest';
import { launch, lintText } from './lint-text.ts';

const inLaunch = (run: string) => lintText(launch(run)).map((line) => line.replace('launch.run: ', ''));
const inCheck = (run: string, expected = '') => lintText(`validate:\n  - { check: c, run: ${JSON.stringify(run)}${expected} }`);
const inAction = (run: string) => lintText(`prepare:\n  - { action: c, run: ${JSON.stringify(run)} }`);

const tee = '"| tee" hides the exit status of what stands before it';
const kill = 'a kill by name also ends the same program of others';
const sudo = '"sudo" may ask for a password, and nobody is there to type it';
const person = 'this waits for a person at a terminal, and there is none';
const question = 'this asks before it changes anything, and nobody is there to answer';
const folder = 'when this "cd" fails, what follows runs in the folder before';
const background = 'a command in the background ends at once, and so does the job';

describe('a command', () => {
  it.each([
    ['bash train.sh | tee out.log', tee],
    ['bash train.sh 2>&1 |& tee -a out.log', tee],
    ['bash train.sh |\n  tee out.log', tee],
    ["bash -c 'python train.py | tee out.log'", tee],
    ['set -o pipefail; set +o pipefail; bash train.sh | tee out.log', tee],
    ['echo "set -o pipefail"; bash train.sh | tee out.log', tee],
    ['pkill -f train.py', kill],
    ['true && killall python', kill],
    ['kill $(pgrep -f train.py)', kill],
    ['kill -9 `pidof python`', kill],
    ["ps aux | grep train | awk '{print $2}' | xargs -r kill -9", kill],
    ["ssh-agent bash -c 'x'; timeout 5 sudo -n -u me pkill x", kill],
    ['bash -lc "pkill -f train.py; true"', kill],
    ['x=$(pkill -f train.py)', kill],
    ['if pkill x; then sh y; fi', kill],
    ['sudo nvidia-smi -pm 1', sudo],
    ['sudo -u me ls', sudo],
    ['vim config.yaml', person],
    ['read -p "go on? " answer', person],
    ['top', person],
    ['apt-get install jq', question],
    ['conda create -n x python=3.10', question],
    ['pip3 uninstall torch', question],
    ['cd nsa-vibe; bash train.sh', folder],
    ['cd nsa-vibe\nbash train.sh', folder],
    ['nohup bash train.sh > out.log 2>&1 &', background],
    ['bash train.sh &', background],
    ['bash train.sh > x 2>&1 & echo $! > pid', background],
    ["tmux new-session -d -s t 'bash train.sh'", background],
    ['setsid -f bash train.sh', background],
    ['screen -dmS t bash train.sh', background],
  ])('is told: %s', (run, message) => {
    expect(inLaunch(run)).toContain(message);
  });

  it.each([
    'set -o pipefail; bash train.sh | tee out.log',
    'set -euo pipefail\nbash train.sh | tee out.log',
    "bash -o pipefail -c 'python train.py | tee out.log'",
    'bash train.sh > >(tee out.log)',
    'grep x tee',
    'echo skill pkillx',
    'echo "never pkill -f train.py here"',
    "echo 'a | tee b'",
    '# pkill -f train.py\nbash train.sh # | tee x',
    'cat > run.sh <<EOF\npkill x\nEOF\nbash run.sh',
    'command -v pkill tee vim > /dev/null && bash train.sh',
    'pkill -0 -f train.py && bash train.sh',
    'pkill -P $$; bash train.sh',
    'kill "$pid" && bash train.sh',
    'kill $(cat train.pid) && bash train.sh',
    'sudo -n nvidia-smi -pm 1',
    'sudo -nu me ls',
    'while read -r line; do echo "$line"; done < list',
    'read x < file && bash train.sh "$x"',
    'cat y | read x',
    'top -b -n 1',
    'apt-get install -y jq',
    'apt-get -qq install jq',
    'yes | conda create -n x',
    'pip install -r requirements.txt',
    'cd nsa-vibe && bash train.sh',
    'cd nsa-vibe || exit 1\nbash train.sh',
    'set -e\ncd nsa-vibe\nbash train.sh',
    '(cd nsa-vibe; ls); bash train.sh',
    'tensorboard --logdir x & bash train.sh',
    'bash a.sh & bash b.sh & wait',
    'nohup bash train.sh',
    'bash a.sh && bash b.sh 2>&1',
    'bash a.sh &> x',
  ])('is not told: %s', (run) => {
    expect(inLaunch(run)).toEqual([]);
  });

  it('is looked at in every phase and in the setup, once for each text', () => {
    const text =
      'setup: a | tee b\nprepare:\n  - { action: a, run: pkill x; pkill y }\nvalidate:\n  - { check: b, run: a | tee b }\nverify:\n  - { check: c, run: killall x }';
    expect(lintText(text)).toEqual([
      `setup: ${tee}`,
      `prepare[0].run: ${kill}`,
      `validate[0].run: ${tee}`,
      `verify[0].run: ${kill}`,
    ]);
  });

  it('has the options that the setup has set', () => {
    expect(lintText(`setup: set -o pipefail\n${launch('a | tee b')}`)).toEqual([]);
  });
});

describe('the exit status', () => {
  it.each([
    ['bash train.sh || true', '"|| true" at the end hides the exit status of what stands before it'],
    ['bash train.sh || echo "it failed"', '"|| echo it failed" at the end hides the exit status of what stands before it'],
    ['bash train.sh; true', '"; true" at the end hides the exit status of what stands before it'],
    ['bash train.sh\necho done', '"; echo done" at the end hides the exit status of what stands before it'],
    ['bash train.sh; exit 0', '"; exit 0" at the end hides the exit status of what stands before it'],
  ])('is told when it is hidden: %s', (run, message) => {
    expect(inLaunch(run)).toEqual([message]);
    expect(inCheck(run)).toEqual([`validate[0].run: ${message}`]);
  });

  it.each([
    'bash train.sh && echo done',
    'set -e; bash train.sh; echo done',
    'echo one; echo two',
    'rm x || true; bash train.sh',
    'if test -f x; then echo yes; fi',
    'bash train.sh; exit $?',
    'bash train.sh || exit 1',
  ])('is not told: %s', (run) => {
    expect([...inLaunch(run), ...inCheck(run)]).toEqual([]);
  });

  it('does not matter where the output is checked, or of an action', () => {
    expect(inCheck('test -f x || echo missing', ', expect: { stdout: { equals: missing } }')).toEqual([]);
    expect(inAction('rm x || true')).toEqual([]);
  });
});
