namespace Caisson.VendorStandIns.Traffic;

/// <summary>One request as a stand-in saw it.</summary>
/// <param name="Host">From the Host header or <c>:authority</c>, without port.</param>
/// <param name="Method">Upper case.</param>
/// <param name="Path">Without query.</param>
/// <param name="Protocol">Such as <c>HTTP/2</c>.</param>
/// <param name="KeyFingerprint">Of the key that came along, see <see cref="VendorKeys.Fingerprint"/>; never the key.</param>
/// <param name="Status">Of the answer.</param>
public sealed record SeenRequest(string Host, string Method, string Path, string Protocol, string KeyFingerprint, int Status);
