import type { CampaignFlags } from './campaign.ts'
import type { AskedCampaign } from './campaign-asked.ts'
import type { ExitCode } from './exit-code.ts'
import type { Output } from './io.ts'
import type { Session } from './session.ts'
export async function onQueue(_a: AskedCampaign, _f: CampaignFlags, _o: Output, _s: Session): Promise<ExitCode> {
  throw new Error('x')
}
