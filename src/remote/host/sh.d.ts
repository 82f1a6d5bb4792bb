/** Shell text, put into the bundle as a string. */
declare module '*.sh' {
  const text: string;
  export default text;
}
