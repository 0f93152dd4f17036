import { visible } from '../../report/text/visible.ts'

/** What went wrong and what to do about it, as one paragraph on one line, safe to print. */
export function paragraph(message: string, suggestion?: string): string {
  const text = [message, suggestion].filter(Boolean).join('; ')
  return `turncoat: ${visible(text.replace(/\s+/g, ' ').trim())}\n`
}
