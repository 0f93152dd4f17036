import type { Claim, Program } from '../../model/index.ts'

/** Is it a protocol that declares tallies, and does the closure made for those do for what is claimed? */
export function keepsVotes({ protocol, setting }: Program, claims: readonly Claim<any>[]): boolean {
  const { inbox, tallies } = protocol.definition
  return (
    inbox === false &&
    tallies !== undefined &&
    setting.crash.length === 0 &&
    !setting.restart &&
    claims.every(({ kind }) => kind !== 'liveness')
  )
}
