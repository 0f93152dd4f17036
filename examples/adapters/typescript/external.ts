/** The register as a program in TypeScript. Needs nothing but this repository. */
import { external } from 'turncoat'
import { common, listens, type Register } from '../register.ts'

const program = (flags: readonly string[], variant?: string) =>
  external<Register>({
    ...common,
    ...listens,
    about: 'A register that is written once, with a view change, in a process of its own.',
    command: [process.execPath, '--import', 'tsx', 'program.ts', ...flags],
    cwd: import.meta.url,
    ...(variant && { variant }),
  })

export { claims } from '../register.ts'
export const protocol = program([])
/** The planted bug: who changes the view forgets what it is locked on. */
export const forgetful = program(['--forgets-its-lock'], 'forgets-its-lock')
