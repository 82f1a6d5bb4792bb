/** What the help says of every variable that fleet reads. */
export const environmentVariables: [name: string, text: string][] = [
  ['FLEET_INVENTORIES', 'where inventories are, instead of ./inventories; several are separated by ":"'],
  ['FLEET_PLAYBOOKS', 'where playbooks are, instead of ./playbooks; several are separated by ":"'],
  ['FLEET_STATE_DIR', 'where runs are remembered, instead of $XDG_STATE_HOME/fleet or ~/.local/state/fleet'],
  ['FLEET_NOTIFY', 'who is told what happens, instead of $XDG_CONFIG_HOME/fleet/notify.yaml or ~/.config/fleet/notify.yaml'],
  ['FLEET_DAEMON', 'never: launch --detach starts no fleet daemon'],
  ['XDG_DATA_HOME', 'where embedded hosts live, in fleet/embedded; else ~/.local/share'],
  ['SSH_AUTH_SOCK', 'the agent that is asked for SSH keys'],
  ['NO_COLOR', 'set to anything: print without colours'],
  ['FLEET_LOG', 'debug or warn: what is asked of hosts, as JSON lines on stderr'],
  ['FLEET_DEBUG', 'set to 1: show where an error happened'],
];
