import { validationException } from '../values/errors.ts'
import { notWellFormed } from './errors.ts'
import type {
  Assignment,
  Delete,
  Exists,
  Insert,
  Returning,
  Select,
  Source,
  Statement,
  Steps,
  Update,
} from './syntax.ts'
import { TermParser } from './terms.ts'

const leftover = 'Unexpected token after expression'

/** Reads one statement. Throws `ValidationException`. Its words are AWS's where they were observed (2026-10). */
export function parseStatement(text: string): Statement {
  const parser = new TermParser(text)
  const { reader } = parser
  const statement = statementOf(parser)
  reader.takeSymbol(';')
  if (reader.next.kind !== 'end') throw notWellFormed(leftover)
  return { ...statement, parameters: parser.parameters }
}

function statementOf(parser: TermParser): Select | Insert | Update | Delete | Exists {
  const { reader } = parser
  if (reader.takeKeyword('SELECT')) return select(parser)
  if (reader.takeKeyword('INSERT')) return insert(parser)
  if (reader.takeKeyword('UPDATE')) return update(parser)
  if (reader.takeKeyword('DELETE')) return remove(parser)
  if (reader.takeKeyword('FROM')) return updateFrom(parser)
  if (reader.takeKeyword('EXISTS')) return exists(parser)
  return expressionOnly(parser)
}

/** A term is no statement; what kind it has is told only of type tests. */
function expressionOnly(parser: TermParser): never {
  const { reader } = parser
  const after = reader.ahead(1)
  const isTest = reader.next.kind === 'word' && after.kind === 'keyword' && after.text === 'IS'
  if (isTest && parser.term().kind === 'is') {
    throw validationException('Unsupported operation: IsType')
  }
  throw notWellFormed('Expected data manipulation')
}

function select(parser: TermParser): Select {
  const { reader } = parser
  const projection = reader.takeSymbol('*') ? undefined : projected(parser)
  if (!reader.takeKeyword('FROM')) throw notWellFormed('Expected FROM after SELECT list')
  const source = sourceOf(parser, 'Unexpected term')
  refuseAlias(parser)
  const where = reader.takeKeyword('WHERE') ? parser.term() : undefined
  const orderBy = reader.isKeyword('ORDER') ? order(parser) : undefined
  return {
    kind: 'select',
    ...source,
    ...(projection === undefined ? {} : { projection }),
    ...(where === undefined ? {} : { where }),
    ...(orderBy === undefined ? {} : { orderBy }),
  }
}

function projected(parser: TermParser): readonly Steps[] {
  const { reader } = parser
  const paths: Steps[] = []
  do {
    const term = parser.term()
    if (term.kind === 'call') {
      const { line, column, length } = term.position
      throw validationException(`Unexpected path component at ${line}:${column}:${length}`)
    }
    if (term.kind !== 'path') throw notWellFormed('Unexpected term')
    if (reader.isKeyword('AS') || reader.next.kind === 'word') throw aliasing()
    paths.push(term.steps)
  } while (reader.takeSymbol(','))
  return paths
}

function order(parser: TermParser): NonNullable<Select['orderBy']> {
  const { reader } = parser
  reader.take()
  if (!reader.takeKeyword('BY')) throw notWellFormed('Expected BY after ORDER')
  const keys: { name: string; descending: boolean }[] = []
  do {
    const [name, ...rest] = parser.path()
    if (rest.length > 0) throw notWellFormed('Unexpected term')
    const descending = reader.takeKeyword('DESC')
    if (!descending) reader.takeKeyword('ASC')
    keys.push({ name: String(name), descending })
  } while (reader.takeSymbol(','))
  return keys
}

function insert(parser: TermParser): Insert {
  const { reader } = parser
  if (!reader.takeKeyword('INTO')) throw notWellFormed('Expected INTO after INSERT')
  const source = sourceOf(parser, 'Expected identifier for simple path')
  if (!reader.takeKeyword('VALUE')) throw notWellFormed(leftover)
  return { kind: 'insert', ...source, item: parser.term() }
}

function update(parser: TermParser): Update {
  const { reader } = parser
  const source = sourceOf(parser, 'Expected identifier for simple path')
  refuseAlias(parser)
  const assignments = assigned(parser)
  const where = reader.takeKeyword('WHERE') ? parser.term() : undefined
  return updateOf(source, assignments, where, returning(parser))
}

/** `FROM "T" WHERE ... SET ...`: an update written from its other end. */
function updateFrom(parser: TermParser): Update {
  const { reader } = parser
  const source = sourceOf(parser, 'Unexpected term')
  refuseAlias(parser)
  const where = reader.takeKeyword('WHERE') ? parser.term() : undefined
  return updateOf(source, assigned(parser), where, returning(parser))
}

function updateOf(
  source: Source,
  assignments: readonly Assignment[],
  where: Update['where'],
  returned: Returning | undefined,
): Update {
  return {
    kind: 'update',
    ...source,
    assignments,
    ...(where === undefined ? {} : { where }),
    ...(returned === undefined ? {} : { returning: returned }),
  }
}

function assigned(parser: TermParser): readonly Assignment[] {
  const { reader } = parser
  const assignments: Assignment[] = []
  while (reader.isKeyword('SET', 'REMOVE')) {
    const isSet = reader.take().text === 'SET'
    do {
      const steps = parser.path()
      if (!isSet) assignments.push({ kind: 'remove', steps })
      else {
        reader.expectSymbol('=', 'Expected = after the path of SET')
        assignments.push({ kind: 'set', steps, value: parser.term() })
      }
    } while (reader.takeSymbol(','))
  }
  if (assignments.length === 0) throw notWellFormed('Expected data manipulation')
  return assignments
}

function remove(parser: TermParser): Delete {
  const { reader } = parser
  if (!reader.takeKeyword('FROM')) throw notWellFormed('Expected FROM after DELETE')
  const source = sourceOf(parser, 'Expected identifier for simple path')
  refuseAlias(parser)
  const where = reader.takeKeyword('WHERE') ? parser.term() : undefined
  const returned = returning(parser)
  return {
    kind: 'delete',
    ...source,
    ...(where === undefined ? {} : { where }),
    ...(returned === undefined ? {} : { returning: returned }),
  }
}

function exists(parser: TermParser): Exists {
  const { reader } = parser
  reader.expectSymbol('(', 'Unexpected keyword')
  if (!reader.takeKeyword('SELECT')) throw notWellFormed('Expected data manipulation')
  const inner = select(parser)
  reader.expectSymbol(')', 'Unexpected term')
  return { kind: 'exists', tableName: inner.tableName, select: inner }
}

/** `RETURNING [ALL|MODIFIED] [OLD|NEW] *` */
function returning(parser: TermParser): Returning | undefined {
  const { reader } = parser
  if (!reader.takeKeyword('RETURNING')) return undefined
  const isAll = reader.takeKeyword('ALL')
  if (!isAll && !reader.isWord('MODIFIED')) throw notWellFormed('Expected returning type')
  if (!isAll) reader.take()
  const isOld = reader.isWord('OLD')
  if (!isOld && !reader.isWord('NEW')) throw notWellFormed('Expected returning type')
  reader.take()
  reader.expectSymbol('*', 'Expected returning type')
  return { which: isAll ? 'ALL' : 'MODIFIED', when: isOld ? 'OLD' : 'NEW' }
}

/** The table and perhaps an index, as `"Table"."Index"`. */
function sourceOf(parser: TermParser, missing: string): Source {
  const { kind } = parser.reader.next
  if (kind !== 'word' && kind !== 'quoted') throw notWellFormed(missing)
  const [tableName, indexName, ...rest] = parser.path()
  if (rest.length > 0) {
    throw validationException('A path may contain at most 2 components in the FROM clause')
  }
  if (tableName === '' || indexName === '') {
    throw validationException('Path component cannot be an empty string')
  }
  return {
    tableName: String(tableName),
    ...(indexName === undefined ? {} : { indexName: String(indexName) }),
  }
}

function refuseAlias({ reader }: TermParser): void {
  const { kind } = reader.next
  if (reader.isKeyword('AS') || kind === 'word' || kind === 'quoted') throw aliasing()
}

function aliasing(): Error {
  return validationException('Aliasing is not supported')
}
