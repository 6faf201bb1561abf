namespace Caisson.Gateway.Fetches;

/// <summary>An answer could not be kept for others. Whoever asks again gets one of their own.</summary>
internal sealed class FetchNotKeptException(string why, Exception? cause = null) : IOException(why, cause);
