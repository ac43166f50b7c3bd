import { batchExecuteStatement } from './batches.ts'
import { executeStatement } from './statements.ts'
import { executeTransaction } from './transactions.ts'

/** What the service takes in of PartiQL. */
export const partiqlOperations = [executeStatement, batchExecuteStatement, executeTransaction]
