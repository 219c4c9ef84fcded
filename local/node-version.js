// Loaded before everything else, in a form that every Node still read today understands.

const WANTED = 24;
const [major] = process.versions.node.split('.');

if (Number(major) < WANTED) {
  console.error(
    `Tributary needs Node ${WANTED} and this is ${process.version}. On Linux \`npm ci\` installs it for this ` +
      'folder and `npm start`, `npm run demo` and `npm test` use it; elsewhere put Node 24 on the PATH first.',
  );
  process.exit(1);
}
