#!/usr/bin/env node
import { supervise } from './supervise.ts'

const argv = process.argv.slice(2)
const isVersion = argv.length === 1 && ['--version', '-V'].includes(argv[0]!)
// Who asks for the version waits for no command to be loaded.
if (isVersion) process.stdout.write(`${(await import('./files/package-folder.ts')).packageVersion()}\n`)
else process.exit(await supervise(argv))
