"""What is true of the sample district, before anyone fills a form."""
