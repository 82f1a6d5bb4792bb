/** Where a plain host has its commands: not those that whoever runs the tests has put before them. */
export const hostPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
