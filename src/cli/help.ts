import { Help } from '@oclif/core/help';
import { environmentVariables } from './environment-variables.ts';
import { exitCodeMeanings } from './exit-codes.ts';

const firstExamples: [command: string, meaning: string][] = [
  ['fleet demo', 'everything once, on a pretend machine'],
  ['fleet lint', 'what is wrong with the inventories and playbooks here'],
  ['fleet validate prod-50k --host prime1', 'GO or NO-GO, and nothing changed'],
  ['fleet launch prod-50k --host prime1', 'the whole run, watched live'],
  ['fleet status', 'every run on every host'],
  ['fleet halt', 'stop the only active run'],
];

/** oclif's help; for the program as a whole also how to begin, the environment and the exit codes. */
export default class FleetHelp extends Help {
  protected override async showRootHelp(): Promise<void> {
    await super.showRootHelp();
    const codes = exitCodeMeanings.map(({ code, text }): [string, string] => [String(code), text]);
    this.log(this.section('EXAMPLES', firstExamples));
    this.log('');
    this.log(this.section('ENVIRONMENT', environmentVariables));
    this.log('');
    this.log(this.section('EXIT CODES', codes));
  }
}
