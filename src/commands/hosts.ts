import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { acceptKey, type AcceptedKey } from '../cli/accept-key.ts';
import { BaseCommand, inventoryFlag } from '../cli/base-command.ts';
import { changeQuarantine, findQuarantine } from '../cli/change-quarantine.ts';
import { describeHost, type HostDocument } from '../cli/host-document.ts';
import { renderHosts } from '../cli/render/hosts.ts';

export default class Hosts extends BaseCommand {
  static override summary = 'Show the hosts of the inventory, or accept the key of one.';
  static override description =
    'Compare the fingerprint with what the host itself says before accepting it. A key that has changed is always refused.';
  static override examples = ['fleet hosts', 'fleet hosts @gpu --json', 'fleet hosts prime1 --accept-host-key SHA256:...'];
  static override args = { pattern: Args.string({ name: 'PATTERN', description: 'hosts and groups: prime1, @gpu, tpu*, a,b' }) };
  static override flags = {
    ...inventoryFlag,
    'accept-host-key': Flags.string({
      summary: 'Record the key of the host if this is its fingerprint.',
      helpValue: 'FINGERPRINT',
    }),
  };

  async run(): Promise<{ hosts: HostDocument[] } | { accepted: AcceptedKey }> {
    const { args, flags } = await this.parse(Hosts);
    return this.withContext(flags, async (context) => {
      const hosts = await context.selectHosts(args.pattern);
      if (flags['accept-host-key'] !== undefined) {
        const accepted = await acceptKey(hosts, flags['accept-host-key']);
        this.answer([`${accepted.host} (${accepted.address}): accepted ${accepted.type} ${accepted.fingerprint}`]);
        return { accepted };
      }
      const { quarantines } = await changeQuarantine(context, undefined, { kind: 'show' });
      const listed = hosts.map((host) => ({ host, document: describeHost(host, findQuarantine(quarantines, host.name)) }));
      this.answer(renderHosts(listed, this.answerScreen));
      return { hosts: listed.map(({ document }) => document) };
    });
  }
}
