import { Help } from '@oclif/core/help';
import { exitCodeMeanings } from './exit-codes.ts';

/** oclif's help, with the exit codes below the commands. */
export default class FleetHelp extends Help {
  protected override async showRootHelp(): Promise<void> {
    await super.showRootHelp();
    const rows = exitCodeMeanings.map(({ code, text }): [string, string] => [String(code), text]);
    this.log(this.section('EXIT CODES', rows));
  }
}
