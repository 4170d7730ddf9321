/// Answers of object stores.
enum StoreSeeds {
    static func answers() -> SeedCorpus {
        var corpus = SeedCorpus()
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        let space = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""
        corpus.seeds = SeedCorpus.words([
            head + "<Error><Code>NoSuchKey</Code><Message>a &amp; b</Message></Error>",
            head + "<Error><Code>SlowDown</Code><Region>eu-west-3</Region></Error>",
            head + "<InitiateMultipartUploadResult\(space)><UploadId>u-1</UploadId>"
                + "</InitiateMultipartUploadResult>",
            " \n" + head + "<CompleteMultipartUploadResult\(space)><Key>k</Key>"
                + "<ETag>&quot;a-2&quot;</ETag></CompleteMultipartUploadResult>",
            head + "<ListMultipartUploadsResult><Upload><Key>k</Key><UploadId>u</UploadId></Upload>"
                + "<Upload><Key>&#x2603;</Key></Upload></ListMultipartUploadsResult>",
            head + "<ListBucketResult\(space)><EncodingType>url</EncodingType>"
                + "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
                + "<Contents><Key>a%20b+c</Key><Size>3</Size></Contents><Contents><Key>d</Key>"
                + "<!-- a word --></Contents></ListBucketResult>",
            "<html><body>Bad gateway<br></body></html>", "Sun, 06 Nov 1994 08:49:37 GMT", "3600",
            "<a b='c' d=\"e\"><f/>&lt;&#65;</a>",
        ]).map { [$0] }
        corpus.dictionary = SeedCorpus.words([
            "<", ">", "</", "/>", "<a>", "</a>", "<a/>", "<!--", "-->", "<?", "?>", "&", ";",
            "&amp;", "&#x10ffff;", "&#xd800;", "&#", "&#4294967296;", "=\"", "'", "\"", " ", "\n",
            "%", "%4", "%ff", "+", "<Contents>", "<Key>", "</Key>", "<IsTruncated>true",
            "<Code>", "xmlns:a=", "\u{feff}", "<!DOCTYPE a>", "<![CDATA[", "]]>",
        ])
        corpus.dictionary.append([0xff])
        corpus.shapes = [
            RepeatedShape(piece: "<a>"), RepeatedShape(piece: "<a></a>"),
            RepeatedShape(head: "<a>", piece: "<b></b>"),
            RepeatedShape(head: "<a>", piece: "&amp;"),
            RepeatedShape(head: "<a>", piece: "&"), RepeatedShape(head: "<a ", piece: "b='c' "),
            RepeatedShape(head: "<a>", piece: "<!---->"), RepeatedShape(piece: "<!--"),
            RepeatedShape(head: "<a>", piece: "x<b/>"), RepeatedShape(piece: " "),
        ]
        return corpus
    }
}
