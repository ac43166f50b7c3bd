import type { Diagnostic } from '../../executions/contract.ts'

/** Collects what is wrong with a definition of a machine of one type. */
export class Findings {
  readonly list: Diagnostic[] = []
  readonly type: 'STANDARD' | 'EXPRESS'

  constructor(type: 'STANDARD' | 'EXPRESS') {
    this.type = type
  }

  add(code: string, message: string, location?: string): void {
    const found = { severity: 'ERROR', code, message } as const
    this.list.push(location === undefined ? found : { ...found, location })
  }

  warn(code: string, message: string, location: string): void {
    this.list.push({ severity: 'WARNING', code, message, location })
  }

  schema(message: string, location: string): void {
    this.add('SCHEMA_VALIDATION_FAILED', message, location)
  }
}
