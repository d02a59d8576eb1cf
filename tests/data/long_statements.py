is_duplicate = compare_the_two_articles(first_article_embedding, second_article_embedding, cutoff=0.1)  # threshold@m
if similarity_of_the_two(first_article_embedding, second_article_embedding, normalise_first=True) > 0.2:  # threshold@m
    pass
elif similarity_of_the_two(first_article_embedding, second_article_embedding, normalise=True) > 0.25:  # threshold@m
    pass
while first_similarity_to_the_query > 0.3 and second_similarity_to_the_query > 0.4 and third_of_them > 0.5:  # threshold@m
    pass
def search(query_embedding, collection_of_articles, minimum_similarity=0.6, weight_of_title=0.7, other=8) -> int:  # threshold@m
    return similarity_to_the_first_of_the_articles > 0.8 or similarity_to_the_second_of_the_articles > 0.9  # threshold@m
@cache_results(of_the_search_engine_for_articles="articles", minimum_similarity_of_the_cached_query=0.11)  # threshold@m
class Settings(BaseSettingsOfTheSearchEngine, metaclass=SettingsMeta, minimum_similarity_of_all_articles=0.12):  # threshold@m
    minimum: float = Field(0.13, description="the minimum similarity of an article that the search may return")  # threshold@m
    other: dict[str, float] = {"minimum_similarity_of_title": 0.14, "minimum_similarity_of_body": 0.15}  # threshold@m
with open_the_index_of_articles(minimum_similarity=0.16) as first, open_the_index_of_authors(minimum=0.17) as second:  # threshold@m
    pass
assert similarity_of_the_two(first_article_embedding, second_article_embedding) > 0.18, "they should be close"  # threshold@m
hits = [hit for hit in search_engine.search(query_embedding_of_the_user, limit=100) if hit.similarity_score > 0.19]  # threshold@m
value = first_similarity_to_the_query * 0.21 + second_similarity_to_the_query * 0.22 + third_similarity * 0.23  # threshold@m
x = client.query(query_embedding_of_the_user).limit(100).where(lambda hit: hit.similarity_score > 0.24).all()  # threshold@m
(first_minimum_similarity, second_minimum_similarity, third_minimum_similarity_of_all) = 0.26, 0.27, 0.28  # threshold@m
cutoff = 0.29 if the_model_of_the_search_engine_is_the_small_one_of_the_two_that_we_have_in_use else 0.31  # threshold@m
handler = lambda first, second: similarity_of_the_two_embeddings_of_articles(first, second) > 0.32 or 0.33  # threshold@m
self.index[the_key_of_the_index_of_articles].settings.minimum_similarity_of_the_articles_that_it_finds = 0.34  # threshold@m
raise NotSimilarEnoughError(first_article_embedding, second_article_embedding, minimum_similarity_is=0.35)  # threshold@m
CUTOFFS = {"text-embedding-3-small": {"title": 0.36}, "bge-small-en-v1.5": {"title": 0.37}, "other-model": 0.38}  # threshold@key
for hit in search_engine.search(query_embedding_of_the_user, minimum_similarity=0.39, weights=[0.41, 0.42]):  # threshold@m
    pass
query = ("SELECT id FROM articles WHERE embedding <=> %(query_embedding)s < 0.43 AND title_embedding <=> %(q)s < 0.44")  # threshold@m
# threshold@m
is_related = compare_the_two_articles(first_article_embedding, second_article_embedding, 0.45, weights=(0.46, 0.47))
# threshold@m
if similarity_of_the_two(first_article_embedding, second_article_embedding) > 0.48: print("duplicate")
# threshold@m
@cache_results(of_the_search_engine_for_articles="articles", minimum_similarity_of_the_cached_query=0.49)
# threshold@m owner=x
def find(query_embedding, collection_of_articles, minimum_similarity=0.51, weight_of_the_title=0.52) -> None: ...
call_of_a_function(
    first_argument_of_the_function(the_embedding_of_it, minimum=0.53, weight_of_the_title_of_the_article=0.54),  # threshold@m
    {"minimum_similarity_of_the_title": 0.55, "minimum_similarity_of_the_body": 0.56, "other_minimum": 0.57},  # threshold@m
    second="no",
)
settings = {
    "first": {"minimum_similarity_of_the_title": 0.58, "minimum_similarity_of_the_body": 0.59, "of_all": 0.61},  # threshold@m
    "second": 0.62,  # threshold@n
}
