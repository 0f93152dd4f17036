import { z } from 'zod'
import { outputSchemas } from '../../src/report/schemas/index.ts'

/**
 * Whatever a test has a command print as JSON is as the published schema says, and has nothing that it does not say.
 * @throws Error that says what is otherwise
 */
export function assertDescribed([command = '', ...words]: readonly string[], stdout: string): void {
  if (stdout === '') return
  const printed = JSON.parse(stdout)
  const name = 'error' in printed ? 'error' : words.includes('--format') ? 'run' : command
  const schema = (outputSchemas as Readonly<Record<string, z.ZodType>>)[name]
  if (!schema) throw new Error(`there is no schema of what ${command} prints`)
  const read = schema.safeParse(printed)
  if (!read.success)
    throw new Error(`${command} ${words.join(' ')} prints what its schema does not say: ${z.prettifyError(read.error)}`)
}
