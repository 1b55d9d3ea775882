/**
 * Functions that statements may call, by what they are for. Names are compared without regard to case. None reads anything
 * but its arguments, none tells of the engine or the machine, none makes rows or text out of nothing (`range`, `repeat`,
 * `arrayJoin`), none waits or fails on purpose, none reads an aggregate's state. None but CAST takes the name of a type, which is
 * checked there (check-syntax.ts): a value may be made a state of an aggregate by it, whose bytes would be believed.
 */
const ALLOWED: ReadonlySet<string> = new Set(
  `
  plus minus multiply divide intDiv intDivOrZero modulo negate abs sign round floor ceil ceiling trunc truncate
  roundDown exp ln log log2 log10 sqrt cbrt pow power least greatest isNaN isFinite isInfinite ifNotFinite
  bitAnd bitOr bitXor bitShiftLeft bitShiftRight bitTest

  equals notEquals less greater lessOrEquals greaterOrEquals and or not xor if multiIf
  in notIn globalIn globalNotIn exists isNull isNotNull ifNull nullIf coalesce assumeNotNull toNullable isNotDistinctFrom
  isDistinctFrom between lambda caseWithExpression caseWithoutExpression transform

  length lengthUTF8 empty notEmpty lower upper lowerUTF8 upperUTF8 trimBoth trimLeft trimRight concat concatWithSeparator
  substring substr substringUTF8 left right leftUTF8 rightUTF8 position positionCaseInsensitive positionUTF8 locate
  startsWith endsWith like notLike ilike notILike match extract replaceOne replaceAll replace replaceRegexpOne
  splitByChar splitByString arrayStringConcat reverse reverseUTF8 format_bytes ascii
  domain domainWithoutWWW protocol path topLevelDomain extractURLParameter cutQueryString cutFragment queryString

  toUInt8 toUInt16 toUInt32 toUInt64 toInt8 toInt16 toInt32 toInt64 toFloat32 toFloat64 toString toBool toUUID
  toDecimal32 toDecimal64 toUInt8OrZero toUInt16OrZero toUInt32OrZero toUInt64OrZero toInt32OrZero toInt64OrZero
  toFloat32OrZero toFloat64OrZero toUInt32OrNull toUInt64OrNull toInt32OrNull toInt64OrNull toFloat32OrNull toFloat64OrNull
  CAST toTypeName

  now now64 today yesterday toDate toDate32 toDateTime toDateTime64 toTimeZone toUnixTimestamp toUnixTimestamp64Milli
  fromUnixTimestamp fromUnixTimestamp64Milli parseDateTimeBestEffort parseDateTimeBestEffortOrNull
  parseDateTime64BestEffort toYear toQuarter toMonth toDayOfYear toDayOfMonth toDayOfWeek toHour toMinute toSecond
  toISOWeek toISOYear toWeek toYearWeek toMonday toStartOfYear toStartOfQuarter toStartOfMonth toStartOfWeek toStartOfDay
  toStartOfHour toStartOfMinute toStartOfSecond toStartOfFiveMinutes toStartOfFifteenMinutes toStartOfTenMinutes
  toStartOfInterval toYYYYMM toYYYYMMDD dateDiff date_diff timestampDiff dateTrunc date_trunc dateAdd date_add dateSub
  addYears addMonths addWeeks addDays addHours addMinutes addSeconds subtractYears subtractMonths subtractWeeks
  subtractDays subtractHours subtractMinutes subtractSeconds formatDateTime toIntervalSecond toIntervalMinute
  toIntervalHour toIntervalDay toIntervalWeek toIntervalMonth toIntervalQuarter toIntervalYear toIntervalMillisecond

  array tuple tupleElement arrayElement has hasAny hasAll indexOf arrayCount arrayExists arrayAll arrayMap arrayFilter
  arraySum arrayAvg arrayMin arrayMax arrayFirst arrayLast arraySort arrayReverseSort arrayDistinct arrayUniq arraySlice
  arrayConcat arrayReverse arrayDifference arrayCumSum arrayEnumerate arrayZip

  JSONHas JSONLength JSONType JSONExtractString JSONExtractInt JSONExtractUInt JSONExtractFloat JSONExtractBool
  JSONExtractRaw JSONExtractKeys isValidJSON

  cityHash64 lagInFrame leadInFrame lag lead row_number rank dense_rank percent_rank ntile first_value last_value nth_value
  `
    .trim()
    .split(/\s+/)
    .map((name) => name.toLowerCase()),
);

/** Aggregates; each with `If` too, and nothing else behind its name: no states, no merging of them. */
const AGGREGATES: ReadonlySet<string> = new Set(
  `
  count sum avg min max any anyLast argMin argMax uniq uniqExact uniqCombined uniqCombined64 uniqHLL12
  quantile quantiles quantileExact quantilesExact quantileExactInclusive quantilesExactInclusive quantileTDigest quantilesTDigest quantileDD median medianExact
  medianTDigest quantileExactWeighted quantileTDigestWeighted stddevPop stddevSamp varPop varSamp corr covarPop covarSamp
  avgWeighted topK topKWeighted groupArray groupUniqArray sumOrNull avgOrNull minOrNull maxOrNull simpleLinearRegression
  skewPop kurtPop entropy windowFunnel retention sequenceCount sequenceMatch boundingRatio
  `
    .trim()
    .split(/\s+/)
    .map((name) => name.toLowerCase()),
);

export function isAllowedFunction(name: string): boolean {
  const lower = name.toLowerCase();
  return ALLOWED.has(lower) || AGGREGATES.has(lower) || (lower.endsWith("if") && AGGREGATES.has(lower.slice(0, -2)));
}
