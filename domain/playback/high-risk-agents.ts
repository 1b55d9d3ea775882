/**
 * User agents of programs that fetch rather than play: what `allow_high_risk_user_agent` is about. The list is ours; it holds
 * what these programs call themselves by default, so it stops the careless and nobody else. Players' own agents are not among
 * them: AppleCoreMedia, ExoPlayer, okhttp, VLC.
 */
const HIGH_RISK =
  /^(?:curl|wget|aria2|httpie|lavf|python|go-http-client|java|libwww-perl|lwp|php|ruby|scrapy|axios|node|undici|postmanruntime)\b|\b(?:libcurl|youtube-dl|yt-dlp|streamlink|ffmpeg|headlesschrome|phantomjs|internet download manager)\b/i;

/** Longer ones are nobody's; they are judged by their beginning. */
const MAX_LENGTH = 1_024;

export function isHighRiskAgent(userAgent: string): boolean {
  return HIGH_RISK.test(userAgent.slice(0, MAX_LENGTH));
}
